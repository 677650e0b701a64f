package openbistest

import "strings"

const (
	exUser      = "ch.systemsx.cisd.common.exceptions.UserFailureException"
	exSession   = "ch.systemsx.cisd.common.exceptions.InvalidSessionException"
	exRuntime   = "java.lang.RuntimeException"
	exMapping   = "com.fasterxml.jackson.databind.JsonMappingException"
	exTypeID    = "com.fasterxml.jackson.databind.exc.InvalidTypeIdException"
	exInput     = "com.fasterxml.jackson.databind.exc.MismatchedInputException"
	exReference = "com.fasterxml.jackson.databind.deser.UnresolvedForwardReference"
)

// javaError is an exception of the server, as the API reports it: status 200,
// code 0.
type javaError struct {
	class   string
	message string
	null    bool // the exception has no message at all
	context string
	plain   bool // no context is appended
}

func (e *javaError) Error() string { return e.text() }

// text is the message with the context that the operation executor appends.
func (e *javaError) text() string {
	if e.plain {
		return e.message
	}
	return e.message + " (Context: [" + e.context + "])"
}

// bare takes the context away: the exception was thrown before the executor.
func (e *javaError) bare() *javaError {
	c := *e
	c.plain = true
	return &c
}

// in says what the server was doing.
func (e *javaError) in(context string) *javaError {
	c := *e
	c.context, c.plain = context, false
	return &c
}

// stack is the beginning of a stack trace; real ones have 10,000 characters
// and more.
func (e *javaError) stack() string {
	var b strings.Builder
	b.WriteString(e.class)
	if !e.null {
		b.WriteString(": " + e.text())
	}
	for _, frame := range []string{
		"ch.ethz.sis.openbis.generic.server.asapi.v3.executor.operation.OperationsExecutor.executeOperations(OperationsExecutor.java:183)",
		"ch.ethz.sis.openbis.generic.server.asapi.v3.ApplicationServerApi.executeOperations(ApplicationServerApi.java:978)",
		"com.googlecode.jsonrpc4j.JsonRpcBasicServer.handleObject(JsonRpcBasicServer.java:283)",
		"org.eclipse.jetty.server.Server.handle(Server.java:516)",
		"java.base/java.lang.Thread.run(Thread.java:840)",
	} {
		b.WriteString("\n\tat " + frame)
	}
	return b.String() + "\n"
}

func userFailure(message string) *javaError { return &javaError{class: exUser, message: message} }

func runtimeFailure(message string) *javaError { return &javaError{class: exRuntime, message: message} }

func invalidSession(message string) *javaError {
	return &javaError{class: exSession, message: message, plain: true}
}

func notFound(idClass, id string) *javaError {
	return userFailure("Object with " + idClass + " = [" + id + "] has not been found.")
}

func accessDenied(idClass, id string) *javaError {
	return userFailure("Access denied to object with " + idClass + " = [" + id + "].")
}

// noRole is the failure of a method that asks for a role.
func noRole(user string, roles ...string) *javaError {
	return userFailure(`Authorization failure: ERROR: "None of method roles '[` + strings.Join(roles, ", ") +
		`]' could be found in roles of user '` + user + `'.".`)
}

// javaClass is the Java class behind an @type.
func javaClass(typ string) string {
	first, rest, _ := strings.Cut(typ, ".")
	return "ch.ethz.sis.openbis.generic." + first + "api.v3." + rest
}

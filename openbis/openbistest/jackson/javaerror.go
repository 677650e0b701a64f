package jackson

import "strings"

// The classes of exceptions, as error answers name them.
const (
	ExUser      = "ch.systemsx.cisd.common.exceptions.UserFailureException"
	ExSession   = "ch.systemsx.cisd.common.exceptions.InvalidSessionException"
	ExRuntime   = "java.lang.RuntimeException"
	ExMapping   = "com.fasterxml.jackson.databind.JsonMappingException"
	ExTypeID    = "com.fasterxml.jackson.databind.exc.InvalidTypeIdException"
	ExInput     = "com.fasterxml.jackson.databind.exc.MismatchedInputException"
	ExReference = "com.fasterxml.jackson.databind.deser.UnresolvedForwardReference"
)

// Exception is an exception of the server, as the API reports it: status 200,
// code 0.
type Exception struct {
	Class   string
	Message string
	Null    bool // the exception has no message at all
	context string
	Plain   bool // no context is appended
}

func (e *Exception) Error() string { return e.Text() }

// Text is the message with the context that the operation executor appends.
func (e *Exception) Text() string {
	if e.Plain {
		return e.Message
	}
	return e.Message + " (Context: [" + e.context + "])"
}

// Bare takes the context away: the exception was thrown before the executor.
func (e *Exception) Bare() *Exception {
	c := *e
	c.Plain = true
	return &c
}

// In says what the server was doing.
func (e *Exception) In(context string) *Exception {
	c := *e
	c.context, c.Plain = context, false
	return &c
}

// Stack is the beginning of a stack trace; real ones have 10,000 characters
// and more.
func (e *Exception) Stack() string {
	var b strings.Builder
	b.WriteString(e.Class)
	if !e.Null {
		b.WriteString(": " + e.Text())
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

// UserFailure is what a user did wrong.
func UserFailure(message string) *Exception { return &Exception{Class: ExUser, Message: message} }

// RuntimeFailure is what went wrong in the server.
func RuntimeFailure(message string) *Exception { return &Exception{Class: ExRuntime, Message: message} }

// InvalidSession is the failure of a token; it has no context.
func InvalidSession(message string) *Exception {
	return &Exception{Class: ExSession, Message: message, Plain: true}
}

// NotFound is the failure of an id that nothing has.
func NotFound(idClass, id string) *Exception {
	return UserFailure("Object with " + idClass + " = [" + id + "] has not been found.")
}

// AccessDenied is the failure of an id that the user may not use.
func AccessDenied(idClass, id string) *Exception {
	return UserFailure("Access denied to object with " + idClass + " = [" + id + "].")
}

// NoRole is the failure of a method that asks for a role.
func NoRole(user string, roles ...string) *Exception {
	return UserFailure(`Authorization failure: ERROR: "None of method roles '[` + strings.Join(roles, ", ") +
		`]' could be found in roles of user '` + user + `'.".`)
}

// javaClass is the Java class behind an @type.
func javaClass(typ string) string {
	first, rest, _ := strings.Cut(typ, ".")
	return "ch.ethz.sis.openbis.generic." + first + "api.v3." + rest
}

// Package openbistest is a stateful openBIS in this process: application
// server (V3 API over JSON-RPC), data store server, file servlet, rich text
// pictures and fast download. Tests and the demo talk to it over HTTP.
//
// It shares no code with the client, so the two cannot agree on the same
// mistake: what it says follows docs/openbis-api.md and answers recorded from a
// running server. It is as strict as the real one about what it takes
// (types of parameters, their number) and as odd in what it gives (errors
// with status 200, bare integers for repeated objects).
package openbistest

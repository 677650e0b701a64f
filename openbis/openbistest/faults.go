package openbistest

import "zenobis/fakehttp"

// The faults of an openBIS, beside those of every built-in server. Of names
// the data set, Path the file; a fault at an RPC method or at "download",
// "image", "upload" or "transfer" says so in Call.
const (
	// FaultExpireSession ends all sessions: now, or after Skip more downloads.
	FaultExpireSession fakehttp.Kind = "expire-session"
	// FaultRestart ends all sessions at once, as a restart of the application server does: personal access
	// tokens live on, and the data store server says of every data set that it is not accessible.
	FaultRestart fakehttp.Kind = "restart"
	// FaultServerAway lets the application server be unreachable, also for the data store server.
	FaultServerAway fakehttp.Kind = "server-away"
	// FaultErrorPage answers a download with status 200 and a page that says Message.
	FaultErrorPage fakehttp.Kind = "error-page"
	// FaultWrongBytes changes one byte of a download, at Bytes or in the middle; the length stays.
	FaultWrongBytes fakehttp.Kind = "wrong-bytes"
	// FaultNotOnDisk lists a file and does not deliver it.
	FaultNotOnDisk fakehttp.Kind = "not-on-disk"
	// FaultCRCUnknown lists CRC 0 for all files of a data set.
	FaultCRCUnknown fakehttp.Kind = "crc-unknown"
	// FaultNotFed makes every listing with this data set fail, as one does that is neither in the database nor on the disk.
	FaultNotFed fakehttp.Kind = "not-fed"
	// FaultArchive moves a data set to the archive, now.
	FaultArchive fakehttp.Kind = "archive"
	// FaultDelete moves a data set to the trash, now.
	FaultDelete fakehttp.Kind = "delete"
	// FaultPublicationFailed makes publication-api answer FAILED with Message, without doing anything.
	FaultPublicationFailed fakehttp.Kind = "publication-failed"
	// FaultPublicationMissing takes the publication service away.
	FaultPublicationMissing fakehttp.Kind = "publication-missing"
	// FaultPublicationsInvisible hides all PUBLICATION objects and spaces that end in PUBLICATIONS from everybody.
	FaultPublicationsInvisible fakehttp.Kind = "publications-invisible"
	// FaultDenyUnarchive refuses to unarchive.
	FaultDenyUnarchive fakehttp.Kind = "deny-unarchive"
	// FaultNoUnarchive lets data sets stay UNARCHIVE_PENDING.
	FaultNoUnarchive fakehttp.Kind = "no-unarchive"
	// FaultRPCError answers a method with an error that says Message; a Message of "" is null.
	FaultRPCError fakehttp.Kind = "rpc-error"
)

// atOnce are the faults that happen when they are switched on.
func (s *Server) atOnce() map[fakehttp.Kind]func(fakehttp.Fault) {
	return map[fakehttp.Kind]func(fakehttp.Fault){
		FaultExpireSession: func(fakehttp.Fault) { s.endSessions(false) },
		FaultRestart:       func(fakehttp.Fault) { s.endSessions(true) },
		FaultArchive:       func(f fakehttp.Fault) { s.setStatus(f.Of, "ARCHIVED") },
		FaultDelete:        func(f fakehttp.Fault) { s.trash(f.Of) },
	}
}

// hit reports whether a fault of this kind strikes a file, or "" for no file in particular.
func (s *Server) hit(k fakehttp.Kind, dataSet, file string) bool {
	_, ok := s.Take(k, fakehttp.Place{Of: dataSet, Path: file})
	return ok
}

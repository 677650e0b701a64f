package zenodotest

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// handler answers a call: an answer, an error, or neither when it wrote itself.
type handler func(*call) (*answer, error)

// view is an address with its methods.
type view struct {
	methods map[string]handler
	limited bool // counted by the rate limit
}

func at(pairs ...any) *view {
	v := &view{methods: map[string]handler{}, limited: true}
	for i := 0; i < len(pairs); i += 2 {
		switch h := pairs[i+1].(type) {
		case handler:
			v.methods[pairs[i].(string)] = h
		case func(*call) (*answer, error):
			v.methods[pairs[i].(string)] = h
		}
	}
	return v
}

// route finds the view of a path below /api; nil = the framework knows none.
func route(c *call, p []string) *view {
	if len(p) == 0 || p[len(p)-1] == "" {
		return nil
	}
	switch p[0] {
	case "records":
		return routeRecords(c, p[1:])
	case "user":
		if len(p) == 2 && p[1] == "records" {
			return at("GET", listUserRecords)
		}
		if len(p) == 2 && p[1] == "communities" {
			return at("GET", listCommunities)
		}
	case "communities":
		if len(p) == 1 {
			return at("GET", listCommunities)
		}
		if len(p) == 2 {
			c.id = p[1]
			return at("GET", getCommunity)
		}
	case "requests":
		if len(p) >= 2 {
			c.id = p[1]
		}
		if len(p) == 2 {
			return at("GET", getRequest)
		}
		if len(p) == 4 && p[2] == "actions" {
			c.key = p[3]
			return at("POST", requestAction)
		}
	case "vocabularies":
		if len(p) >= 2 {
			c.id = p[1]
		}
		if len(p) == 2 {
			return at("GET", listVocabulary)
		}
		if len(p) == 3 {
			c.key = p[2]
			return at("GET", getEntry)
		}
	case "affiliations", "funders", "awards", "names":
		c.id = p[0]
		if len(p) == 1 {
			return at("GET", listVocabulary)
		}
		c.key = strings.Join(p[1:], "/")
		return at("GET", getEntry)
	case "me":
		if len(p) == 1 {
			return at("GET", me)
		}
	case "users":
		if len(p) == 2 {
			c.id = p[1]
			return at("GET", getUser)
		}
	case "ping":
		if len(p) == 1 {
			v := at("GET", ping)
			v.limited = false
			return v
		}
	}
	return nil
}

func routeRecords(c *call, p []string) *view {
	if len(p) == 0 {
		return at("GET", listRecords, "POST", createDraft)
	}
	c.id = p[0]
	switch rest := strings.Join(p[1:], "/"); rest {
	case "":
		return at("GET", getRecord)
	case "versions":
		return at("GET", listVersions, "POST", newVersion)
	case "versions/latest":
		return at("GET", latestVersion)
	case "files":
		return at("GET", onFiles(recordFiles, acceptsJSON))
	case "request-deletion":
		return at("POST", onRecord(requestDeletion, readsJSON))
	case "file-modification":
		return at("POST", onRecord(modifyFiles))
	case "draft":
		return at(
			"GET",
			onDraft(getDraft, acceptsRecord),
			"PUT",
			onDraft(putDraft, acceptsRecord, readsJSON, readsIfMatch),
			"DELETE",
			deleteDraft,
			"POST",
			editRecord,
		)
	case "draft/pids/doi":
		return at("POST", onDraft(reserveDOI, acceptsRecord), "DELETE", onDraft(discardDOI, acceptsRecord))
	case "draft/review":
		return at("GET", onDraft(getReview), "PUT", onOwnDraft(putReview, readsJSON), "DELETE", onOwnDraft(deleteReview))
	case "draft/actions/publish":
		return at("POST", onOwnDraft(publishDraft, acceptsRecord))
	case "draft/actions/submit-review":
		return at("POST", onOwnDraft(submitReview, readsJSON))
	case "draft/actions/files-import":
		return at("POST", onOwnDraft(importFiles, acceptsFile))
	case "draft/files":
		return at(
			"GET",
			onDraft(listDraftFiles, acceptsFile),
			"POST",
			onDraft(initFiles, acceptsFile, readsJSON),
			"DELETE",
			onDraft(deleteAllFiles),
		)
	}
	switch {
	case len(p) > 2 && p[1] == "files":
		return routeFile(c, p[2:], at("GET", onRecordFile(getRecordFile, acceptsJSON)), at("GET", readContent), nil)
	case len(p) > 3 && p[1] == "draft" && p[2] == "files":
		return routeFile(
			c,
			p[3:],
			at("GET", onDraftFile(getDraftFile, acceptsFile), "PUT", onDraftFile(putDraftFile, acceptsFile, readsJSON), "DELETE", deleteDraftFile),
			at("GET", readContent, "PUT", putContent),
			at("POST", onDraftFile(commitFile, acceptsFile)),
		)
	}
	return nil
}

// routeFile splits KEY, KEY/content, KEY/content/PART and KEY/commit. A key with
// a line feed is no path segment.
func routeFile(c *call, p []string, entry, content, commit *view) *view {
	last := p[len(p)-1]
	v, whole := entry, p
	switch n := len(p); {
	case n > 1 && last == "content":
		v, p = content, p[:n-1]
	case n > 1 && last == "commit" && commit != nil:
		v, p = commit, p[:n-1]
	case n > 2 && p[n-2] == "content" && commit != nil:
		if part, err := strconv.Atoi(last); err == nil {
			c.part = part
			v, p = at("PUT", putContent), p[:n-2]
		}
	}
	if m := c.r.Method; v.methods[m] == nil && entry.methods[m] != nil && m != http.MethodGet {
		v, p, c.part = entry, whole, 0 // a file named x/content can be deleted
	}
	c.key = strings.Join(p, "/")
	if strings.Contains(c.key, "\n") {
		return nil
	}
	if strings.Contains(c.key, "\x00") {
		return at(c.r.Method, func(*call) (*answer, error) { return nil, internalError() })
	}
	return v
}

func ping(c *call) (*answer, error) {
	return &answer{status: http.StatusOK, kind: htmlType, body: "OK"}, nil
}

// me is the account of the token (docs/zenodo-api.md, Who am I).
func me(c *call) (*answer, error) {
	if c.user == nil {
		return nil, frameworkError(
			http.StatusUnauthorized,
			"The server could not verify that you are authorized to access the URL requested. You either supplied the wrong credentials (e.g. "+
				"a bad password), or your browser doesn't understand how to supply the credentials required.",
		)
	}
	id, err := strconv.Atoi(c.user.id)
	if err != nil {
		return nil, err
	}
	return &answer{
		status: http.StatusOK,
		body:   object{"id": id, "email": c.user.email, "confirmed_at": stamp(c.user.confirmed), "last_login_at": nil, "roles": []any{}},
	}, nil
}

func getUser(c *call) (*answer, error) {
	c.s.mu.Lock()
	u := c.s.users[c.id]
	c.s.mu.Unlock()
	if u == nil || c.user == nil {
		return nil, denied()
	}
	base := c.s.base + "/api/users/" + u.id
	return &answer{status: http.StatusOK, body: object{
		"id": u.id, "created": stamp(u.confirmed), "updated": stamp(u.confirmed), "revision_id": 0, "active": true, "confirmed": true,
		"blocked":  false,
		"verified": false, "is_current_user": u == c.user, "username": u.name, "identities": object{},
		"profile": object{"full_name": u.fullName, "affiliations": ""},
		"links": object{"self": base, "avatar": base + "/avatar.svg",
			"records_html": c.s.base + "/search?q=parent.access.owned_by.user:" + u.id},
	}}, nil
}

// escapeKey writes a file name into a link as the site does: blanks, %, ?, #,
// non-ASCII and the like encoded, "/ & = + ' * : ;" left (docs/zenodo-api.md, Calls).
func escapeKey(key string) string {
	const keep = "-._~/&=+'*:;!$(),@"
	out := make([]byte, 0, len(key))
	for _, c := range []byte(key) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || indexByte(keep, c) {
			out = append(out, c)
			continue
		}
		out = append(out, '%', "0123456789ABCDEF"[c>>4], "0123456789ABCDEF"[c&15])
	}
	return string(out)
}

func indexByte(s string, c byte) bool {
	for i := range len(s) {
		if s[i] == c {
			return true
		}
	}
	return false
}

// escapeQuery writes a value into the query of a link.
func escapeQuery(v string) string { return url.QueryEscape(v) }

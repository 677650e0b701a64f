package zenodotest

import "strings"

// replayScript is the order of the pairs; a + step was not recorded.
func replayScript() []string {
	return strings.Split(strings.TrimSpace(`
01-token-none
01-token-wrong
+create TOKEN rdrpd-00000 mini
+create TOKEN hcnzp-k5840 probe
+upload TOKEN hcnzp-k5840 a
+POST TOKEN /api/records/hcnzp-k5840/draft/actions/publish
+POST TOKEN /api/records/hcnzp-k5840/draft
01-token-check
01-me
01-me-anonymous
01-query-not-encoded
01-create-anonymous
01-cookie-without-token
01-cookie-with-token
01-scope-none
02-create-full
02-create-empty
02-create-no-body
02-create-array
02-create-bad-json
02-create-charset
02-create-accept-html
02-create-with-errors
02-create-bad-vocabulary
02-create-bad-license
02-create-description-notes
02-create-restricted
02-create-embargo
02-create-embargo-past
02-html
03-get
03-get-anonymous
03-get-other-user
03-get-unknown
03-put
03-put-if-match-stale
03-put-if-match-etag
03-put-if-match
03-put-empty
03-put-after-empty
03-delete-if-match-stale
04-reserve
04-reserve-again
04-put-without-pids
04-put-with-empty-pids
+POST TOKEN /api/records/183tf-w0498/draft/pids/doi
04-discard
04-external-own-prefix
04-external
04-reserve-when-external
+PUT TOKEN /api/records/183tf-w0498/draft full-no-pids
+POST TOKEN /api/records/183tf-w0498/draft/pids/doi
04-reserve-other-user
05-list-empty
05-init
05-init-object
05-init-empty-list
05-init-duplicate
05-init-unknown-key
05-init-no-key
05-init-101
05-commit-without-content
05-content-pending-read
05-content
05-content-wrong-type
05-content-no-type
05-content-unknown
05-content-other-user
05-content-no-token
05-entry-pending
05-commit
+POST TOKEN /api/records/183tf-w0498/draft/files/b.txt/commit
05-commit-again
05-entry
05-read
05-list
05-draft-with-files
05-content-on-committed
05-after-content-on-committed
05-init-again
05-content-empty
05-commit-empty
05-entry-empty
05-content-long-key
05-delete
05-delete-again
05-metadata
05-delete-all
05-dotdot-init
05-dotdot-content
05-double-slash-content
+DELETE TOKEN /api/records/183tf-w0498/draft/files
+quota 50000000
+create TOKEN xfq4x-r9621 mini
06-init
06-too-big
06-entry-after-too-big
06-commit-after-too-big
06-30-of-50
06-same-key-again
06-delete-pending
06-leak
06-20-left
06-commit
06-delete-committed
+POST TOKEN /api/records/xfq4x-r9621/draft/files [{"key":"c"}]
06-given-back
+lag 1
+create TOKEN rdrpd-84b86 marker
+wait
07-create
07-list-at-once
+wait
07-list-later
07-search-title
07-search-identifier
07-search-other-user
07-bad-syntax
07-size-0
07-size-101
07-deep
07-bad-sort
+create TOKEN zjrj9-4dm17 {}
+PUT TOKEN /api/records/zjrj9-4dm17/draft mini
08-publish-empty
+create TOKEN zk001-2nn92 full
08-publish-no-files
+POST TOKEN /api/records/zk001-2nn92/draft/files [{"key":"a.txt"}]
08-publish-pending
+PUT8 TOKEN /api/records/zk001-2nn92/draft/files/a.txt/content
+POST TOKEN /api/records/zk001-2nn92/draft/files/a.txt/commit
+create TOKEN ycy1k-zvn07 nopublisher
+upload TOKEN ycy1k-zvn07 a
08-publish-no-publisher
08-record-before
08-publish
08-publish-again
08-draft-after
08-record
08-concept
08-latest
08-files-native-accept
08-files
08-content
08-init-after
08-content-after
08-edit
08-edit-init
08-edit-content
08-edit-delete-file
08-edit-discard
09-new-version
09-new-version-again
09-files-before-import
09-import
09-import-again
09-publish
09-concept
10-community
10-community-unknown
+create SECOND-TOKEN qy7cb-jyg29 mini
10-review-none
10-review-slug
10-review-no-type
10-review-put
10-draft-with-review
+upload SECOND-TOKEN qy7cb-jyg29 a.txt
10-publish-with-review
10-submit
10-delete-draft-in-review
10-delete-review-in-review
10-decline
10-declined
+review SECOND-TOKEN qy7cb-jyg29 b6a74067-0643-480e-b4e3-1325cd117654 29512f8e-9e4b-4ab8-92f5-2fa5fbd433ad
10-accept
10-record-after-accept
+create SECOND-TOKEN feq0f-zhk40 mini
+upload SECOND-TOKEN feq0f-zhk40 a
+GET SECOND-TOKEN /api/communities/members-only b3ae8c75-6286-4a59-ab06-e783c09118c6
10-members-only-put
10-members-only-submit
10-review-delete
11-delete
11-delete-again
11-draft-gone
11-record-gone
11-put-gone
11-init-gone
+create TOKEN c1bp7-wp682 mini
+upload TOKEN c1bp7-wp682 a.txt
+POST TOKEN /api/records/c1bp7-wp682/draft/actions/publish
11-request-deletion
11-record-deleted
11-files-deleted
11-draft-of-deleted
+create TOKEN dr0jb-qny58 mini
+POST TOKEN /api/records/dr0jb-qny58/draft/files [{"key":"a.txt"}]
11-delete-all-files
11-init-after-delete-all
11-init-other-key
12-licenses-suggest
12-license-unknown
12-unknown
12-q-and-suggest
12-languages
12-affiliations
12-funders
12-awards
12-names
12-license-native
12-names-anonymous
12-licenses-alias
+create TOKEN jejwr-gh153 mini
13-multipart-init
13-multipart-part
+PART2 TOKEN /api/records/jejwr-gh153/draft/files/p.bin/content/2
13-multipart-commit
13-multipart-no-size
13-fetch
13-unknown-transfer
14-unknown-path
14-method
14-legacy-deposit
+burst
15-too-many
15-other-user-agent
`), "\n")
}

package openbis

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestRecordedErrors(t *testing.T) {
	for _, r := range []struct {
		name string
		want error // nil: a Refusal of no kind
		text string
	}{
		{"20-err-expired", ErrSession, "session token is invalid"},
		{"live/10-invalid-session", ErrSession, "session token is invalid"},
		{"live/11-junk-session", ErrSession, "not logged in"},
		{"live/16-session-info-null", ErrSession, ""},
		{"21-err-auth", ErrDenied, "None of method roles"},
		{"22-err-objaccess", ErrDenied, "SamplePermId = [20231114221322000-14]"},
		{"live/80-archive-observer", ErrDenied, ""},
		{"live/108-unarchive-observer", ErrDenied, "enough privileges"},
		{"live/48-foreign-setting", ErrDenied, "PersonPermId = [bob]"},
		{"live/82-create-denied", ErrDenied, ""},
		{"live/03-login-no-role", ErrNoRole, "no role assignments"},
		{"live/66-publication-group", ErrNotFound, "NOPE_PUBLICATIONS"},
		{"live/79-unarchive-unknown", ErrNotFound, ""},
		{"live/68-service-unknown", ErrNoService, ""},
		{"live/72-pat-create-pat", ErrPATDenied, ""},
		{"live/83-create-duplicate", ErrExists, ""},
		{"live/78-unarchive", nil, "Archiver class is not configured."},
		{"live/124-create-publication-mandatory", nil, "mandatory property"},
		{"live/21-null-criteria", nil, "Criteria cannot be null."},
		{"live/102-search-files-link-java11", nil, "NullPointerException"},
		{"26-err-user", nil, "Type id cannot be null."},
		{"29-unknown-type", nil, "Could not resolve type id"},
		{"23-err-method", errMethod, "searchSpaces"},
		{"live/04-unknown-method", errMethod, ""},
		{"24-err-params", nil, "method parameters invalid"},
	} {
		t.Run(strings.ReplaceAll(r.name, "/", "-"), func(t *testing.T) {
			_, err := play(t, "searchSpaces", r.name).Spaces(t.Context())
			var refused *Refusal
			if !errors.As(err, &refused) || !errors.Is(refused.Kind, r.want) {
				t.Fatalf("%v, want kind %v", err, r.want)
			}
			if !strings.Contains(err.Error(), r.text) {
				t.Errorf("%q does not say %q", err, r.text)
			}
			for _, bad := range []string{"Context:", "TOKEN", "x0123456789ABCDEF", "\n"} {
				if strings.Contains(err.Error(), bad) {
					t.Errorf("%q holds %q", err, bad)
				}
			}
		})
	}
}

func TestPATSessionErrors(t *testing.T) {
	for _, m := range []string{
		"Personal access token is not yet valid.", "Personal access token is no longer valid.",
		"Personal access token session does not exist.", "Session no longer available. Please login again.",
	} {
		c, _ := start(t, map[string][]recording{"searchSpaces": {failure("ch.systemsx.cisd.common.exceptions.UserFailureException", m)}})
		if _, err := c.Spaces(t.Context()); !errors.Is(err, ErrSession) {
			t.Errorf("%s: %v", m, err)
		}
	}
}

func TestNotOpenBIS(t *testing.T) {
	for _, r := range []struct {
		name   string
		status int
		body   string
		want   error
	}{
		{"a web page", 200, "<html><body>Welcome</body></html>", ErrNotOpenBIS},
		{"nothing", 200, "", ErrNotOpenBIS},
		{"no such page", 404, "<html>404</html>", ErrNotOpenBIS},
		{"other JSON", 200, `{"message":"hello"}`, ErrNotOpenBIS},
		{"a list", 200, `[1,2]`, ErrNotOpenBIS},
		{"an odd error", 200, `{"id":"1","error":7}`, ErrNotOpenBIS},
		{"the answer of another", 200, `{"result":{}}`, ErrNotOpenBIS},
		{"an odd result", 200, `{"id":"1","result":[]}`, ErrNotOpenBIS},
		{"too old", 404, `{"id":"1","error":{"code":-32601,"message":"method not found"}}`, ErrTooOld},
		{"a gate", 403, "<html>Forbidden</html>", ErrNotOpenBIS},
		{"a login before it", 401, "<html>Sign in</html>", ErrNotOpenBIS},
		{"maintenance", 503, "<html>Down</html>", ErrUnreachable},
		{"broken off", 200, `{"id":"1","result":{"a":`, ErrUnreachable},
	} {
		t.Run(r.name, func(t *testing.T) {
			h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(r.status)
				_, _ = w.Write([]byte(r.body))
			}))
			defer h.Close()
			c, err := New(Options{URL: h.URL})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.PublicInfo(t.Context()); !errors.Is(err, r.want) {
				t.Errorf("%v, want %v", err, r.want)
			}
		})
	}
}

func TestOldAPIVersion(t *testing.T) {
	c, _ := start(t, map[string][]recording{"getServerInformation": {result(`{"api-version":"3.2"}`)}})
	if _, err := c.Info(t.Context()); !errors.Is(err, ErrTooOld) {
		t.Error(err)
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	asked := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer other.Close()
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+"/login?next="+testToken, http.StatusTemporaryRedirect)
	}))
	defer h.Close()
	c, err := New(Options{URL: h.URL, HTTP: &http.Client{}})
	if err != nil {
		t.Fatal(err)
	}
	c.token = testToken
	_, err = c.Spaces(t.Context())
	if !errors.Is(err, ErrNotOpenBIS) || asked || strings.Contains(err.Error(), testToken) {
		t.Errorf("%v, asked %t", err, asked)
	}
}

func TestUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	c, err := New(Options{URL: "http://" + address})
	if err != nil {
		t.Fatal(err)
	}
	c.token = testToken
	if _, err := c.Spaces(t.Context()); !errors.Is(err, ErrUnreachable) {
		t.Error(err)
	}
	_, err = c.Download(t.Context(), DataStore{Code: "DSS1", URL: c.URL()}, "X", File{Path: "a", Size: 1})
	if !errors.Is(err, ErrUnreachable) || strings.Contains(err.Error(), "sessionID") || strings.Contains(err.Error(), testToken) {
		t.Errorf("the address got into the error: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	if _, err := c.Spaces(ctx); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrUnreachable) {
		t.Errorf("the caller's own end: %v", err)
	}
}

// TestNoSecretInErrors lets the server repeat everything that it was told.
func TestNoSecretInErrors(t *testing.T) {
	const password, setting = "pa55 w/ord", "zenodo-token-of-alice"
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json-rpc")
		_, _ = w.Write([]byte(`{"id":"1","error":{"code":0,"message":"no: ` + password + ` ` + setting + ` ` + testToken +
			` sessionID=` + testToken + ` (Context: [` + setting + `])"}}`))
	}))
	defer echo.Close()
	c, err := New(Options{URL: echo.URL})
	if err != nil {
		t.Fatal(err)
	}
	c.token = testToken
	errs := []error{
		c.Login(t.Context(), "alice", password),
		c.SetSetting(t.Context(), "k", setting),
		c.UseToken(t.Context(), testToken),
		c.KeepAlive(t.Context()),
	}
	secrets := []string{password, setting, testToken, testToken}
	for i, err := range errs {
		if err == nil || strings.Contains(err.Error(), secrets[i]) {
			t.Errorf("call %d: %v", i, err)
		}
	}
}

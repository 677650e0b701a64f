package plain

import (
	"context"
	"errors"
	"strings"

	"zenobis/flow"
	"zenobis/session"
	"zenobis/zenodo"
)

func (t *talk) stepConnect(ctx context.Context) error {
	first := true
	was := session.Login{User: t.Facts.User}
	if len(t.Facts.Servers) > 0 {
		was.URL = t.Facts.Servers[0]
	}
	for {
		l := session.Login{}
		if t.demo != nil && first {
			l = *t.demo
		} else if with := t.ConfiguredLogin(); with != "" && first {
			l.URL = t.Facts.Servers[0]
			t.sayf("Using the %s.", with)
		} else {
			var err error
			if l, err = t.askLogin(ctx, was); err != nil {
				return err
			}
		}
		first = false
		was.URL, was.User = l.URL, l.User
		t.sayf("Connecting to %s...", flow.Host(l.URL))
		sess, err := t.Backend.Connect(ctx, l)
		if err != nil {
			t.complain(err)
			if t.ConfiguredRefused(l, err) {
				t.say("It is not tried again: type it, or set another.")
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			continue
		}
		if t.Session != nil {
			_ = t.Session.Close(ctx) // a second login replaces the first
		}
		t.Connected(sess)
		if t.Who.Refused != "" {
			t.say("Error: " + t.Who.Refused)
			continue
		}
		t.sayf("Connected to %s as %s.", flow.Host(t.Who.Server), t.Who.Person.UserID)
		return t.offer(ctx)
	}
}

// askLogin asks for a way in; was is what was answered before.
func (t *talk) askLogin(ctx context.Context, was session.Login) (session.Login, error) {
	l := session.Login{URL: was.URL}
	var err error
	if t.Fixed("openbis.url") && l.URL != "" {
		t.sayf("Address of openBIS: %s, %s.", l.URL, flow.FixedText)
	} else if l.URL, err = t.ask(ctx, "Address of openBIS", was.URL); err != nil {
		return l, err
	}
	if t.Fixed("openbis.user") && t.Facts.User != "" {
		t.sayf("User: %s, %s; or the word token.", t.Facts.User, flow.FixedText)
	}
	if l.User, err = t.ask(ctx, "User, or the word token", was.User); err != nil {
		return l, err
	}
	if l.User == "token" {
		l.User = ""
		l.Token, err = t.secret(ctx, "Personal access token or session token")
		return l, err
	}
	l.Password, err = t.secret(ctx, "Password")
	return l, err
}

func (t *talk) stepToken(ctx context.Context) error {
	var from string
	err, stop := t.called(ctx, func() (err error) {
		from, err = t.Session.FindToken(ctx)
		return err
	})
	switch {
	case stop != nil:
		return stop
	case err == nil:
		t.sayf("Zenodo token %s.", from)
		return nil
	case errors.Is(err, zenodo.ErrToken):
		t.sayf("The Zenodo token %s was refused.", from)
	case !errors.Is(err, session.ErrNoToken):
		t.complain(err)
	}
	t.sayf("Make a token for %s here, and tick %s:", t.Facts.Zenodo.Name, zenodo.Scopes)
	t.say(t.Facts.Zenodo.TokenURL)
	for {
		typed, err := t.secret(ctx, "Zenodo token")
		if err != nil {
			return err
		}
		if err := t.Session.UseToken(ctx, strings.TrimSpace(typed)); err != nil {
			t.complain(err)
			continue
		}
		places := t.KeepPlaces()
		for i, pl := range places {
			text := pl.Label
			if pl.Off != "" {
				text += ": " + pl.Off
			}
			t.sayf("%d  %s", i+1, text)
		}
		n, err := t.number(ctx, "Where to keep it", 1, len(places))
		if err != nil {
			return err
		}
		if pl := places[n-1]; pl.Where != session.KeepNowhere && pl.Off == "" {
			err, stop := t.called(ctx, func() error { return t.Session.KeepToken(ctx, pl.Where) })
			t.complain(err)
			return stop
		}
		return nil
	}
}

// offer offers what an earlier start left unfinished.
func (t *talk) offer(ctx context.Context) error {
	k, ok := t.Offer()
	if !ok {
		return nil
	}
	yes, err := t.yes(ctx, "Kept from before: "+k.Words()+". Go on with it?", true)
	switch {
	case err != nil: // left at the question: it stays kept
	case yes:
		t.Resume(k)
	default:
		t.StartOver()
	}
	return err
}

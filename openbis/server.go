package openbis

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// PublicInfo asks an address what it is, without a login. ErrNotOpenBIS,
// ErrTooOld or ErrUnreachable where no session can be had there.
func (c *Client) PublicInfo(ctx context.Context) (ServerInfo, error) {
	g, err := c.do(ctx, request{url: c.base.String() + asPath, method: "getServerPublicInformation", params: []any{}})
	if err != nil {
		return ServerInfo{}, fmt.Errorf("ask %s what it is: %w", c.base.Host, tooOld(err))
	}
	m, ok := g.root.(map[string]any)
	if !ok {
		return ServerInfo{}, fmt.Errorf("ask %s what it is: %w", c.base.Host, errShape)
	}
	return serverInfo(m), nil
}

// Info asks what the server can do (docs/openbis-api.md, Versions).
func (c *Client) Info(ctx context.Context) (ServerInfo, error) {
	g, err := c.call(ctx, "getServerInformation")
	if err != nil {
		return ServerInfo{}, fmt.Errorf("ask the server what it can do: %w", tooOld(err))
	}
	m, ok := g.root.(map[string]any)
	if !ok {
		return ServerInfo{}, fmt.Errorf("ask the server what it can do: %w", errShape)
	}
	info := serverInfo(m)
	// 3.5 came with 18.06; what has no version is not judged by it.
	if major, minor, ok := strings.Cut(info.APIVersion, "."); ok {
		a, errA := strconv.Atoi(major)
		b, errB := strconv.Atoi(minor)
		if errA == nil && errB == nil && (a < 3 || a == 3 && b < 5) {
			return info, fmt.Errorf("%w: its API has version %s", ErrTooOld, info.APIVersion)
		}
	}
	return info, nil
}

// tooOld types the error of a server that lacks what every client needs.
func tooOld(err error) error {
	if errors.Is(err, errMethod) {
		return fmt.Errorf("%w: %w", ErrTooOld, err)
	}
	return err
}

// serverInfo reads the map of texts; a key that is absent is a feature that
// the server does not have.
func serverInfo(m map[string]any) ServerInfo {
	const sso = "authentication-service.switch-aai."
	i := ServerInfo{
		APIVersion:     line(m["api-version"]),
		Version:        line(m["openbis-version"]),
		PATs:           truth(m["personal-access-tokens-enabled"]),
		Archiving:      truth(m["archiving-configured"]),
		ProjectObjects: truth(m["project-samples-enabled"]),
		Auth:           line(m["authentication-service"]),
		SSOLabel:       line(m[sso+"label"]),
		SSOLink:        line(m[sso+"link"]),
		Support:        line(m["openbis.support.email"]),
	}
	if s, err := strconv.ParseInt(text(m["personal-access-tokens-max-validity-period"]), 10, 64); err == nil && s > 0 && s < 1<<33 {
		i.MaxPATValidity = time.Duration(s) * time.Second
	}
	i.SSO = i.SSOLink != "" || i.SSOLabel != ""
	if u, err := url.Parse(i.SSOLink); err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		i.SSOLink = ""
	}
	return i
}

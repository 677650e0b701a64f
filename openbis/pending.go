package openbis

import (
	"context"
	"errors"
	"io"
	"time"
)

var errPending = errors.New("pending")

func New(o Options) (*Client, error)                                     { return &Client{o: o}, nil }
func (c *Client) URL() string                                            { return c.o.URL }
func (c *Client) Login(ctx context.Context, user, password string) error { return errPending }
func (c *Client) UseToken(ctx context.Context, token string) error       { return errPending }
func (c *Client) Logout(ctx context.Context) error                       { return errPending }
func (c *Client) KeepAlive(ctx context.Context) error                    { return errPending }
func (c *Client) Session() Session                                       { return Session{} }
func (c *Client) PublicInfo(ctx context.Context) (ServerInfo, error)     { return ServerInfo{}, errPending }
func (c *Client) Info(ctx context.Context) (ServerInfo, error)           { return ServerInfo{}, errPending }
func (c *Client) Spaces(ctx context.Context) ([]Entity, error)           { return nil, errPending }
func (c *Client) Projects(ctx context.Context, space string, p Page) (Listing, error) {
	return Listing{}, errPending
}
func (c *Client) Collections(ctx context.Context, projectPermID string, p Page) (Listing, error) {
	return Listing{}, errPending
}
func (c *Client) CollectionObjects(ctx context.Context, collectionPermID string, p Page) (Listing, error) {
	return Listing{}, errPending
}
func (c *Client) ProjectObjects(ctx context.Context, projectPermID string, p Page) (Listing, error) {
	return Listing{}, errPending
}
func (c *Client) SpaceObjects(ctx context.Context, space string, p Page) (Listing, error) {
	return Listing{}, errPending
}
func (c *Client) ChildObjects(ctx context.Context, objectPermID, collectionPermID string, p Page) (Listing, error) {
	return Listing{}, errPending
}
func (c *Client) CollectionDataSets(ctx context.Context, collectionPermID string, p Page) (Listing, error) {
	return Listing{}, errPending
}
func (c *Client) ObjectDataSets(ctx context.Context, objectPermID string, p Page) (Listing, error) {
	return Listing{}, errPending
}
func (c *Client) Get(ctx context.Context, kind Kind, ids ...string) (map[string]Entity, error) {
	return nil, errPending
}
func (c *Client) SearchText(ctx context.Context, text string, limit int) ([]Entity, error) {
	return nil, errPending
}
func (c *Client) Types(ctx context.Context, kind Kind) (map[string]EntityType, error) {
	return nil, errPending
}
func (c *Client) Files(ctx context.Context, store DataStore, dataSet string, yield func(File) error) error {
	return errPending
}
func (c *Client) Download(ctx context.Context, store DataStore, dataSet string, f File) (io.ReadCloser, error) {
	return nil, errPending
}
func (c *Client) Image(ctx context.Context, src string) (mediaType string, data []byte, err error) {
	return "", nil, errPending
}
func (c *Client) Setting(ctx context.Context, key string) (string, bool, error) {
	return "", false, errPending
}
func (c *Client) SetSetting(ctx context.Context, key, value string) error { return errPending }
func (c *Client) ExportSwitch(ctx context.Context) (Switch, error)        { return 0, errPending }
func (c *Client) Groups(ctx context.Context) ([]string, error)            { return nil, errPending }
func (c *Client) Publications(ctx context.Context, doi string) ([]Entity, error) {
	return nil, errPending
}
func (c *Client) Register(ctx context.Context, p Publication) error { return errPending }
func (c *Client) CreatePublication(ctx context.Context, p Publication, code string) (permID string, err error) {
	return "", errPending
}
func (c *Client) PublicationsVisible(ctx context.Context, group string) (bool, error) {
	return false, errPending
}
func (c *Client) Unarchive(ctx context.Context, dataSets []string) error { return errPending }
func (c *Client) CreatePAT(ctx context.Context, name string, from, to time.Time) (token string, err error) {
	return "", errPending
}
func (c *Client) PATs(ctx context.Context) ([]PAT, error) { return nil, errPending }

package config

// EnvPrefix begins the names of all variables that are the program's own.
const EnvPrefix = "ZENOBIS_"

// The variables of the environment that are the program's own.
const (
	EnvConfig          = EnvPrefix + "CONFIG"
	EnvProfile         = EnvPrefix + "PROFILE"
	EnvStateDir        = EnvPrefix + "STATE_DIR"
	EnvOpenBIS         = EnvPrefix + "OPENBIS_URL"
	EnvOpenBISUser     = EnvPrefix + "OPENBIS_USER"
	EnvOpenBISPassword = EnvPrefix + "OPENBIS_PASSWORD"
	EnvOpenBISToken    = EnvPrefix + "OPENBIS_TOKEN"
	EnvZenodo          = EnvPrefix + "ZENODO_URL"
	EnvZenodoToken     = EnvPrefix + "ZENODO_TOKEN"
)

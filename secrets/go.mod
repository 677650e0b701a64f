module before/secrets

go 1.26.0

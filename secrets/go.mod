module before.invalid/secrets

go 1.26.0

module before.main/secrets

go 1.26.0

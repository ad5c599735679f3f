module example.org/api

go 1.23.0

toolchain go1.23.4

require github.com/go-chi/chi/v5 v5.1.0

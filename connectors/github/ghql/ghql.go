// Package ghql holds the GraphQL documents that are sent to GitHub, and the
// functions generated from them. Records stay raw JSON, so that each is decoded
// by itself.
//
// The code is generated against GitHub's public schema, which is too large to
// be kept here: without the folder of test data nothing is generated and the
// committed code stays. A test holds the documents against that schema.
package ghql

//go:generate go run ./generate

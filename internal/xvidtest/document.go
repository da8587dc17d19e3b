package xvidtest

import (
	"bytes"
	_ "embed" // the document's samples
)

// The document's samples, letter for letter.
var (
	//go:embed document/list-response.json
	listResponse []byte
	//go:embed document/get-response.json
	getResponse []byte
	//go:embed document/error-400.json
	error400 []byte
	//go:embed document/error-403.json
	error403 []byte
	//go:embed document/error-404.json
	error404 []byte
	//go:embed document/error-500.json
	error500 []byte
)

// ListResponse is the document's answer to a request for the list: two of 115
// records, asked for with human=true and show_null=true.
func ListResponse() []byte { return bytes.Clone(listResponse) }

// GetResponse is the document's answer to a request for one record.
func GetResponse() []byte { return bytes.Clone(getResponse) }

// ErrorResponse is the document's body for 400, 403, 404 and 500, and nil for a
// status that it does not know.
func ErrorResponse(status int) []byte { return bytes.Clone(errorBody(status)) }

func errorBody(status int) []byte {
	switch status {
	case 400:
		return error400
	case 403:
		return error403
	case 404:
		return error404
	case 500:
		return error500
	}
	return nil
}

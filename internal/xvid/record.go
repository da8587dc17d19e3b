package xvid

// DecodeRecord decodes one record from its JSON, as [Backtrace.Raw] holds it.
func DecodeRecord(raw []byte) (*Backtrace, error) {
	body := make([]byte, 0, len(raw)+len(`{"backtrace":}`))
	body = append(body, `{"backtrace":`...)
	body = append(append(body, raw...), '}')
	reading, err := decodeReading(response{body: body})
	if err != nil {
		return nil, err
	}
	return &reading.Backtrace, nil
}

package sync

// Eager makes runs ask for as many pages ahead as may be from the start, and not only
// once they waited long for the API.
func (o *Options) Eager() { o.eager = true }

// Package crashtest kills the real syncer, and the real ClickHouse, wherever that
// can be seen from outside, and compares what the next run makes of it with the
// source. It holds tests only.
//
// All that syncer does to the world goes over the network: requests to the API and
// statements to ClickHouse. A proxy numbers them, so that "killed at event n" means
// the same in every run, with no fault point in the product.
package crashtest

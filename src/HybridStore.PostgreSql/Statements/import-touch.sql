UPDATE hybridstore.unowned SET touched_at = clock_timestamp() WHERE session = $1 AND loading

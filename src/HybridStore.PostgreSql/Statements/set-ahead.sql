UPDATE hybridstore.session x
SET ahead_epoch = CASE WHEN $4 THEN $3 ELSE 0 END
FROM (SELECT hybridstore.keep_v1()) k
WHERE x.tenant = $1 AND x.name = $2 AND x.epoch = $3 AND x.lease_holder IS NOT NULL

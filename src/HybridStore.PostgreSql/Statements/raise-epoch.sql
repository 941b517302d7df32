UPDATE hybridstore.session x
SET epoch = $4, ahead_epoch = CASE WHEN x.ahead_epoch = $3 THEN $4 ELSE x.ahead_epoch END
FROM (SELECT hybridstore.keep_v1()) k
WHERE x.tenant = $1 AND x.name = $2 AND x.epoch = $3 AND x.lease_holder IS NOT NULL

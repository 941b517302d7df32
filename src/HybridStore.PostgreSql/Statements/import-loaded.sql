-- Which of these records were loaded already, by their places.
SELECT k.place
FROM unnest($2, $3) WITH ORDINALITY k (type, id, place)
CROSS JOIN LATERAL (SELECT FROM hybridstore.record x WHERE x.session = $1 AND x.type = k.type AND x.id = k.id LIMIT 1) r

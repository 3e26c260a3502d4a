-- For wrk: the request that the servers of the HTTP comparison answer, and at the end one line of JSON with what it saw.
--   wrk -t1 -c400 -d5s --latency -s benchmarks/wrk.lua http://127.0.0.1:8001/ping

wrk.method = "POST"
wrk.body = '{"sequence": 2}'
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Accept"] = "application/json"

function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format(
        '{"requests": %d, "per_second": %.0f, "p50_us": %.1f, "p99_us": %.1f, "max_us": %.1f, "errors": %d, "time_outs": %d}\n',
        summary.requests, summary.requests / summary.duration * 1e6, latency:percentile(50), latency:percentile(99), latency.max,
        errors.connect + errors.read + errors.write + errors.status, errors.timeout))
end

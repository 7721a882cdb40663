-- wrk's summary as one line of JSON, in the shape of report.ts. Only `done` is defined: a per-request hook would cost the load generator time.
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\n{"completed":%d,"failed":%d,"socketErrors":%d,"durationUs":%d,"p50Us":%d,"p99Us":%d}\n',
    summary.requests,
    errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    summary.duration,
    latency:percentile(50),
    latency:percentile(99)
  ))
end

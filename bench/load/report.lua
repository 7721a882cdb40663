-- wrk's summary as one line of JSON, in the shape of report.ts. No per-request hook is defined: it would cost the load generator time.
-- Arguments: none, or method, content type and the file of the body.
init = function(arguments)
  if #arguments == 0 then return end
  local file = assert(io.open(arguments[3], 'rb'))
  wrk.method = arguments[1]
  wrk.headers['content-type'] = arguments[2]
  wrk.body = file:read('*a')
  file:close()
end

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

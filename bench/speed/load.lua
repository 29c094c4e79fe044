-- What wrk sends. MODE: same (one address again and again), fresh (an address nobody asked for), post.
-- URL_PATH, HEADERS ("Name: value|Name: value"), WRITERS.
local headers = {}
for name, value in string.gmatch(os.getenv("HEADERS") or "", "([^:|]+): ([^|]*)") do headers[name] = value end
local mode, path, writers = os.getenv("MODE"), os.getenv("URL_PATH"), tonumber(os.getenv("WRITERS") or "0")
local number, run = 0, os.time()
request = function()
  if mode == "same" then return wrk.format("GET", path, headers) end
  number = number + 1
  if mode == "fresh" then return wrk.format("GET", path .. "&fresh=" .. run .. "-" .. number, headers) end
  headers["Authorization"] = "Bearer cst_a_" .. string.format("%043d", number % writers)
  headers["Content-Type"] = "application/json"
  local body = string.format('{"site":"demo","article":{"key":"%s"},"body":"When is the hearing, asks reader number %d of %d"}',
    path, number, run)
  return wrk.format("POST", "/api/v1/comments", headers, body)
end
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(99)))
end

-- What wrk sends; see `Request` in load.py for the modes.
-- URL_PATH, METHOD, BODY, HEADERS ("Name: value|Name: value"), WRITERS, ARTICLES.
local headers = {}
for name, value in string.gmatch(os.getenv("HEADERS") or "", "([^:|]+): ([^|]*)") do headers[name] = value end
local mode, path, method, raw = os.getenv("MODE"), os.getenv("URL_PATH"), os.getenv("METHOD"), os.getenv("BODY")
local writers, articles = tonumber(os.getenv("WRITERS")), tonumber(os.getenv("ARTICLES"))
local number, run = 0, os.time()
request = function()
  if mode == "same" then return wrk.format("GET", path, headers) end
  number = number + 1
  if mode == "fresh" then return wrk.format("GET", path .. "&fresh=" .. run .. "-" .. number, headers) end
  if mode == "raw" then
    return wrk.format(method, path, headers, raw ~= "" and string.gsub(raw, "@N@", run .. "-" .. number) or nil)
  end
  headers["Authorization"] = "Bearer cst_a_" .. string.format("%043d", number % writers)
  headers["Content-Type"] = "application/json"
  local article = articles > 1 and string.format(path, number % articles) or path
  local body = string.format('{"site":"demo","article":{"key":"%s"},"body":"When is the hearing, asks reader number %d of %d"}',
    article, number, run)
  return wrk.format("POST", "/api/v1/comments", headers, body)
end
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(99)))
end

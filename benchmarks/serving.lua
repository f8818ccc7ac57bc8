-- For wrk: asks for the paths of a file in turn, each connection from another place on.
--   wrk -s serving.lua URL -- FILE new|same
-- With `new` no query comes twice: a comment with a number of its own ends each.
local threads, number, paths, at, asked = 0, 0, {}, 0, 0
local headers = { ["Accept"] = "application/sparql-results+json" }

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(arguments)
  for line in io.lines(arguments[1]) do paths[#paths + 1] = line end
  new = arguments[2] == "new"
  at = math.floor(#paths * number / 2)
end

function request()
  at = at % #paths + 1
  asked = asked + 1
  local path = paths[at]
  if new then path = path .. "%20%23" .. number .. "." .. asked end
  return wrk.format("GET", path, headers)
end

function done(summary, latency, requests)
  io.write(string.format('{"requests": %d, "seconds": %.3f, "p50": %.1f, "p99": %.1f, "max": %.1f, "not_200": %d, "broken": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3,
    summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end

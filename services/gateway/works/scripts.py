"""The atomic steps of the works' store, in Lua. Each runs whole or not at all, also when Redis or a gateway dies.

Hash `work:{id}` holds the record, and beside it `epoch` (how often it was claimed) and `lease` (who may write: owner
and epoch; a later claim replaces it and so shuts the former owner out). The sorted set `works-due` holds every
unfinished work by the time in milliseconds from which on anyone may claim it.
"""

DUE = "works-due"

_MAX_EVENTS = 2000

_COMMON = f"""
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function emit(events, event)
  redis.call('XADD', events, 'MAXLEN', '~', {_MAX_EVENTS}, '*', 'event', event)
end
local function finish(work, unfinished, events, id, event, first)
  redis.call('HSET', work, unpack(ARGV, first))
  redis.call('HDEL', work, 'lease')
  redis.call('ZREM', '{DUE}', id)
  redis.call('DEL', unfinished)
  emit(events, event)
end
"""

# KEYS work, history, unfinished, events; ARGV id, created_at, most works, event, field, value, ...
SUBMIT = f"""{_COMMON}
if redis.call('EXISTS', KEYS[3]) == 1 then return 'BUSY' end
if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[3]) then return 'FULL' end
redis.call('HSET', KEYS[1], unpack(ARGV, 5))
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
redis.call('SET', KEYS[3], ARGV[1])
redis.call('ZADD', '{DUE}', now(), ARGV[1])
emit(KEYS[4], ARGV[4])
return 'OK'
"""

# ARGV owner, milliseconds of a lease. Returns the lease and the record of the work that is due for longest, if any.
CLAIM = f"""{_COMMON}
local id = redis.call('ZRANGEBYSCORE', '{DUE}', '-inf', now(), 'LIMIT', 0, 1)[1]
if not id then return {{}} end
local work = 'work:' .. id
local lease = ARGV[1] .. '/' .. redis.call('HINCRBY', work, 'epoch', 1)
redis.call('HSET', work, 'lease', lease)
redis.call('ZADD', '{DUE}', now() + ARGV[2], id)
return {{lease, redis.call('HGETALL', work)}}
"""

# KEYS work; ARGV lease, id, milliseconds until the work is due. Returns whether the user asked to cancel.
RENEW = f"""{_COMMON}
if redis.call('HGET', KEYS[1], 'lease') ~= ARGV[1] then return 'LOST' end
redis.call('ZADD', '{DUE}', now() + ARGV[3], ARGV[2])
return redis.call('HGET', KEYS[1], 'cancel_requested')
"""

# KEYS work, events; ARGV lease, event, field, value, ...
RECORD = f"""{_COMMON}
if redis.call('HGET', KEYS[1], 'lease') ~= ARGV[1] then return 'LOST' end
redis.call('HSET', KEYS[1], unpack(ARGV, 3))
emit(KEYS[2], ARGV[2])
return 'OK'
"""

# KEYS work, unfinished, events; ARGV lease, id, event, field, value, ...
FINISH = f"""{_COMMON}
if redis.call('HGET', KEYS[1], 'lease') ~= ARGV[1] then return 'LOST' end
finish(KEYS[1], KEYS[2], KEYS[3], ARGV[2], ARGV[3], 4)
return 'OK'
"""

# KEYS work, unfinished, events; ARGV id, event, field, value, ... A work that nobody has begun ends here and now;
# whoever writes any other sees the request at the next renewal.
CANCEL = f"""{_COMMON}
if redis.call('HEXISTS', KEYS[1], 'finished_at') == 1 then return 'FINISHED' end
redis.call('HSET', KEYS[1], 'cancel_requested', '1')
if redis.call('HGET', KEYS[1], 'epoch') then return 'REQUESTED' end
finish(KEYS[1], KEYS[2], KEYS[3], ARGV[1], ARGV[2], 3)
return 'OK'
"""

"""What a Redis does at once for the store: scripts over keys of one prefix.

::

    <prefix>n:<name>     the id of the session that clients call so; expires when it is idle
    <prefix>s:<id>       a session: v version, b bytes, o owner, n name, t who saved it last,
                         u its last use (ms), p what it has to do next (us), h whether something
                         follows from its end
    <prefix>c:<owner>    a customer's state: v version, b bytes; a visitor's goes with the session
    <prefix>d:<id>       who let the session end last, for as long as an answer can be lost
    <prefix>i:<limit>    how many impressions were given of it (see redis_ledger)
    <prefix>r:<what>     who has reserved it
    <prefix>due          ids by when they have something to do (us)
    <prefix>claimed      ids by when whoever does it must be done (us)
    <prefix>wake         a channel that hears when something is due earlier than all before

A change is packed, and its bytes follow it as arguments, whose numbers stand in their places.
All keys have the hash tag of the prefix, so that a cluster keeps them together. Numbers that have
more than 14 digits are texts here: the script language would round them on their way.
"""

from __future__ import annotations

from typing import Final

_COMMON = """
local P = ARGV[1]
local function key(kind, what) return P .. kind .. ':' .. what end
local function exact(number) return string.format('%.0f', number) end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local function reserved(what, token)
  local by = redis.call('GET', key('r', what))
  return by and by ~= token
end
local function plan(id, score)
  local first = redis.call('ZRANGE', P .. 'due', 0, 0, 'WITHSCORES')
  redis.call('ZADD', P .. 'due', score, id)
  if not first[2] or tonumber(score) < tonumber(first[2]) then
    redis.call('PUBLISH', P .. 'wake', score)
  end
end
local function when(planned, hears, used, idle)
  local ends = hears == '1' and (used + idle) * 1000
  if planned == '' then return ends and exact(ends) end
  return ends and ends < tonumber(planned) and exact(ends) or planned
end
"""

FIND: Final = (
    _COMMON
    + """
local name, idle = ARGV[2], tonumber(ARGV[3])
if reserved('n:' .. name, '') then return {'busy'} end
local id = redis.call('GET', key('n', name))
if not id then return {'none'} end
local s = key('s', id)
local found = redis.call('HMGET', s, 'v', 'b', 'o', 'p', 'h')
if not found[1] then return {'none'} end
if reserved('c:' .. found[3], '') then return {'busy'} end
redis.call('PEXPIRE', key('n', name), idle)
redis.call('PEXPIRE', key('c', found[3]), 2 * idle, 'XX')
redis.call('HSET', s, 'u', exact(now))
local score = when(found[4], found[5], now, idle)
if score then plan(id, score) else redis.call('PEXPIRE', s, idle) end
local state = redis.call('HMGET', key('c', found[3]), 'v', 'b')
return {'found', found[1], found[2], state[1] or '0', state[2] or ''}
"""
)

FETCH: Final = (
    _COMMON
    + """
local id, idle = ARGV[2], tonumber(ARGV[3])
local found = redis.call('HMGET', key('s', id), 'v', 'b', 'o', 'n', 'u', 'h')
if not found[1] then
  redis.call('ZREM', P .. 'due', id)
  redis.call('ZREM', P .. 'claimed', id)
  return {'none'}
end
if reserved('s:' .. id, '') or reserved('c:' .. found[3], '') then return {'busy'} end
local is_named = redis.call('GET', key('n', found[4])) == id
local is_idle = found[6] == '1' and tonumber(found[5]) + idle <= now
local state = redis.call('HMGET', key('c', found[3]), 'v', 'b')
return {'found', found[1], found[2], state[1] or '0', state[2] or '',
        is_named and '1' or '0', is_idle and '1' or '0'}
"""
)

KNOWN: Final = (
    _COMMON
    + """
if reserved('c:' .. ARGV[2], '') then return {'busy'} end
local state = redis.call('HMGET', key('c', ARGV[2]), 'v', 'b')
return {'found', state[1] or '0', state[2] or ''}
"""
)

SAVE: Final = (
    _COMMON
    + """
local change = cmsgpack.unpack(ARGV[2])
local token, idle, before, session = change.token, change.idle, change.before, change.session
local taken = {}
if change.is_named then taken[#taken + 1] = 'n:' .. change.name end
if before then taken[#taken + 1] = 's:' .. before.id end
for _, one in ipairs(change.states) do taken[#taken + 1] = 'c:' .. one.owner end

local kept = session or change.left[1]
if kept and redis.call('HGET', key('s', kept.id), 't') == token then return 'ok' end
if before and redis.call('GET', key('d', before.id)) == token then return 'ok' end
for _, what in ipairs(taken) do
  if reserved(what, token) then return 'busy' end
end
if before and redis.call('HGET', key('s', before.id), 'v') ~= before.version then
  return 'changed'
end
if change.is_named then
  local id = redis.call('GET', key('n', change.name))
  local is_other = id and id ~= (before and before.id)
  if is_other and redis.call('EXISTS', key('s', id)) == 1 then return 'changed' end
end
for _, one in ipairs(change.states) do
  if (redis.call('HGET', key('c', one.owner), 'v') or '0') ~= one.version then return 'changed' end
end
if change.lease then
  for _, what in ipairs(taken) do
    redis.call('SET', key('r', what), token, 'PX', change.lease)
  end
  return 'ok'
end

local function put(one, is_live)
  local s, hears = key('s', one.id), is_live and one.hears or '0'
  redis.call('HINCRBY', s, 'v', 1)
  redis.call('HSET', s, 'b', ARGV[one.bytes], 'o', one.owner, 'n', change.name, 't', token,
             'p', one.planned, 'h', hears)
  redis.call('ZREM', P .. 'claimed', one.id)
  if is_live and change.is_used then redis.call('HSET', s, 'u', exact(now)) end
  local used = tonumber(redis.call('HGET', s, 'u') or now)
  local score = when(one.planned, hears, used, idle)
  if score then
    redis.call('PERSIST', s)
    if one.is_visitor then redis.call('PERSIST', key('c', one.owner)) end
    plan(one.id, score)
  else
    redis.call('ZREM', P .. 'due', one.id)
    redis.call('PEXPIRE', s, math.max(1, used + idle - now))
  end
end
local stays = {}
for _, one in ipairs(change.left) do stays[one.id] = true end
if before and (not session or session.id ~= before.id) then
  if change.is_named then redis.call('DEL', key('n', change.name)) end
  if not stays[before.id] then  -- else its version goes on
    redis.call('DEL', key('s', before.id), key('c', before.visitor))
    redis.call('SET', key('d', before.id), token, 'PX', 10000)
    redis.call('ZREM', P .. 'due', before.id)
    redis.call('ZREM', P .. 'claimed', before.id)
  end
end
if session and change.is_named and change.is_used then
  redis.call('SET', key('n', change.name), session.id, 'PX', idle)
end
for _, one in ipairs(change.states) do
  local c = key('c', one.owner)
  redis.call('HINCRBY', c, 'v', 1)
  redis.call('HSET', c, 'b', ARGV[one.bytes])
  if one.expires then redis.call('PEXPIRE', c, one.expires) end
end
for _, one in ipairs(change.left) do put(one, false) end
if session then put(session, change.is_named) end
for _, what in ipairs(taken) do redis.call('DEL', key('r', what)) end
return 'ok'
"""
)

RELEASE: Final = (
    _COMMON
    + """
for i = 3, #ARGV do
  if redis.call('GET', key('r', ARGV[i])) == ARGV[2] then redis.call('DEL', key('r', ARGV[i])) end
end
return 'ok'
"""
)

RENEW: Final = (
    _COMMON
    + """
for i = 4, #ARGV do
  if redis.call('GET', key('r', ARGV[i])) == ARGV[2] then
    redis.call('PEXPIRE', key('r', ARGV[i]), ARGV[3])
  end
end
return 'ok'
"""
)

CLAIM: Final = (
    _COMMON
    + """
local at, ends, idle = ARGV[2], ARGV[3], tonumber(ARGV[4])
for _, id in ipairs(redis.call('ZRANGEBYSCORE', P .. 'claimed', '-inf', at, 'LIMIT', 0, 100)) do
  redis.call('ZREM', P .. 'claimed', id)
  redis.call('ZADD', P .. 'due', at, id)
end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', P .. 'due', '-inf', at, 'LIMIT', 0, 100)) do
  local found = redis.call('HMGET', key('s', id), 'p', 'u', 'h')
  local left = found[3] == '1' and tonumber(found[2]) + idle - now or 0
  local is_planned = found[1] and found[1] ~= '' and tonumber(found[1]) <= tonumber(at)
  if is_planned or left <= 0 then
    redis.call('ZREM', P .. 'due', id)
    redis.call('ZADD', P .. 'claimed', ends, id)
    return id
  end
  -- Its end is by the clock of the server, which may be behind that of the host.
  redis.call('ZADD', P .. 'due', exact(tonumber(at) + left * 1000), id)
end
return ''
"""
)

NEXT: Final = (
    _COMMON
    + """
local due = redis.call('ZRANGE', P .. 'due', 0, 0, 'WITHSCORES')
local claimed = redis.call('ZRANGE', P .. 'claimed', 0, 0, 'WITHSCORES')
return {due[2] or '', claimed[2] or ''}
"""
)

POSTPONE: Final = (
    _COMMON
    + """
redis.call('ZREM', P .. 'claimed', ARGV[2])
plan(ARGV[2], ARGV[3])
return 'ok'
"""
)

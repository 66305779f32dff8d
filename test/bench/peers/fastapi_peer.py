"""A hand-written service: one transaction for each request, in the name of whom the token says. For tools/bench."""
import json, os, uuid

import jwt
import sqlalchemy as sa
from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import create_async_engine

engine = create_async_engine('postgresql+asyncpg://', connect_args=json.loads(os.environ['PEER_DATABASE']), pool_size=8, max_overflow=0)
listings = sa.table('listings', *map(sa.column, os.environ['PEER_COLUMNS'].split(', ')), schema='mls')
leads = sa.table('leads', *map(sa.column, ['id', 'user_id', 'workspace_id', 'name', 'phone', 'email', 'company', 'status', 'score', 'tags',
                                           'opt_status', 'is_deleted', 'created_at', 'updated_at']), schema='crm')
enter = sa.text("select plat.enter(cast(:login as uuid)), set_config('request.jwt.claims', :claims, true), "
                "set_config('role', 'authenticated', true)")
app = FastAPI()


class Lead(BaseModel):
    name: str
    company: str | None = None
    score: int | None = None
    tags: list[str] = []


def caller(authorization: str = Header('')):
    try:
        return jwt.decode(authorization.removeprefix('Bearer '), os.environ['PEER_JWT_SECRET'], algorithms=['HS256'],
                          options={'verify_aud': False})
    except jwt.InvalidTokenError:
        raise HTTPException(401, 'no valid token')


def plain(row):
    return {k: v.hex() if isinstance(v, bytes) else v for k, v in row.items()}


async def in_name_of(claims, statement):
    async with engine.begin() as connection:
        await connection.execute(enter, {'login': claims['sub'], 'claims': json.dumps(claims)})
        return [plain(row) for row in (await connection.execute(statement)).mappings()]


@app.get('/listings/{id}')
async def one(id: uuid.UUID, claims=Depends(caller)):
    rows = await in_name_of(claims, sa.select(listings).where(listings.c.id == id))
    if not rows:
        raise HTTPException(404, 'no such listing')
    return rows


@app.get('/listings')
async def page(city: str, status: str, start: int, end: int, claims=Depends(caller)):
    return await in_name_of(claims, sa.select(listings).where(
        listings.c.city == city, listings.c.standard_status == status, listings.c.list_price >= start, listings.c.list_price <= end)
        .order_by(listings.c.modification_ts.desc()).limit(25))


@app.post('/leads', status_code=201)
async def insert(lead: Lead, claims=Depends(caller)):
    return await in_name_of(claims, sa.insert(leads).values(**lead.dict()).returning(*leads.c))

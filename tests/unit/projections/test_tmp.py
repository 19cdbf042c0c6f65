import time

from registry.domain.tenant import Tenant
from tests.delivering import *

T = Tenant("0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", "live")


def test_all(tables):
    s = Simulation(1)
    s.endpoint(T, "https://a.example/")
    r = s.receivers["https://a.example/"]
    r.answer = lambda _: Answer(500) if s.random.random() < 0.3 else Answer(200)
    ids = [s.create(T) for _ in range(5)]
    ev = [f"{i}.1" for i in ids]
    for n in range(40):
        ev.append(s.change(T, s.random.choice(ids)))
        s.seconds += 1
    t = time.time()
    s.run()
    print(time.time() - t, r.requests, s.seconds, s.queue.most)
    assert sorted(set(r.taken)) == sorted(ev)
    assert in_order(r.taken)
    assert len(r.taken) == len(ev)


def test_dead(tables):
    s = Simulation(2)
    e = s.endpoint(T, "https://a.example/")
    r = s.receivers["https://a.example/"]
    dead = [True]
    r.answer = lambda _: Answer(500) if s.seconds < 3600 else Answer(200)
    ids = [s.create(T) for _ in range(5)]
    ev = [f"{i}.1" for i in ids]
    for n in range(60):
        ev.append(s.change(T, s.random.choice(ids)))
        s.run(s.seconds + 90)
    print(s.seconds, r.requests, len(r.taken), s.queue.most, len(s.queue))
    s.run()
    print(s.seconds, r.requests, len(r.taken), s.queue.most, len(s.queue))
    from registry.store.webhooks import webhook_store

    print(webhook_store().get(T, e.id))
    miss = set(ev) - set(r.taken)
    from registry.store.deliveries import delivery_store
    from registry.store.events import event_store

    for m in miss:
        print(
            m,
            ev.index(m),
            len(ev),
            event_store().find(T, m),
            delivery_store().get(T, e.id, m.partition(".")[0], m),
        )
    feed = [x.place for x in event_store().feed(T)]
    print(len(feed))
    assert not miss

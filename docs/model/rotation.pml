/*
 * The rotation protocol of docs/rotation.md, small enough that every schedule of it can be tried. The numbers are the steps of that page
 * and of Rotator.cs. What is modelled, what is not, and why the abstractions are sound stands in README.md. Run it with docs/model/check.
 *
 * A name in -D takes a mechanism out (a mutant), or changes a bound.
 */

#ifndef REPLICAS
#define REPLICAS 2
#endif
#ifndef ATTEMPTS
#define ATTEMPTS 3      /* intents, in all */
#endif
#ifndef CRASHES
#define CRASHES 2
#endif
#ifndef FAILOVERS
#define FAILOVERS 1     /* that lose what was not yet replicated */
#endif
#ifndef SEEDINGS
#define SEEDINGS 1      /* adoptions of a second seed: an operator's reseed, or a standby */
#endif

#define MAXID 6         /* records: the first seed's, and those made by a grant, an adoption, a restoration or a late pair */
#define SEED 1          /* the first seed's token; a granted token has the number of the record that it came with */
#define SEED2 7         /* the second seed's token */
#define NOBODY 255
#define BIT(n) (1 << (n))

mtype = { DOWN, IDLE, LEASED, INTENDED, SENT };
mtype = { UNKNOWN, CLEARED, DOUBTFUL };

/* A record, as far as it changes while it keeps its id. */
typedef Rec { byte id; byte attempts; byte prev; byte prevAttempts };

/* What never changes once a record with this id was made. All sets are bit masks. */
byte token[8];
byte ancestors[8];
byte adopted;           /* records in whose lineage the second seed was adopted */
byte lastId = 1;

/* The store: a master, and what would survive a failover. Revisions are random in the code; here two bits per replica tell all that matters. */
Rec master, replicated;
bool insync = true;
byte lease = NOBODY;
bool unmoved[REPLICAS];         /* master still has the revision that this replica read under its lease */
bool unmovedReplica[REPLICAS];  /* the same, after a failover */

/* The replicas. */
mtype pc[REPLICAS] = IDLE;
Rec memory[REPLICAS];
Rec held[REPLICAS];             /* what was reloaded under the lease */
byte journal[REPLICAS];         /* id of the last pair that came to this replica; survives a crash */
#ifdef NO_HEAL
bool uncommitted[REPLICAS];     /* the pair in memory was never seen in the store */
#define UNCOMMITTED(r, yes) uncommitted[r] = yes
#else
#define UNCOMMITTED(r, yes) skip
#endif
bool met[REPLICAS];             /* has met the store since the last failover, start or answer */
byte late[REPLICAS];            /* Amendments: a pair in memory that the store had gone on without, and its doubts */
byte lateAttempts[REPLICAS];
byte answer[REPLICAS];          /* the pair that was granted and is not in the journal yet */
byte attempt[REPLICAS];         /* one's own, while it runs */
#ifdef WEAK_CAS
byte expected[REPLICAS];        /* id that the intent's compare-and-set expects, in place of the revision */
#endif

/* Attempts. Age 0: before send_by. 1: no longer. 2: send_by + endpoint timeout + patience have passed, and
   the access token is about to die. */
byte lastAttempt = 0;
byte age[ATTEMPTS + 1];
byte owner[ATTEMPTS + 1];
byte attemptOf[ATTEMPTS + 1];   /* the record's id */
mtype known[ATTEMPTS + 1] = UNKNOWN;    /* Amendments: what the owner's process knows of its end */

/* The provider: strict. Tokens are spent once; a spent one that comes again revokes its family. */
byte exchanged;                 /* tokens */
byte revoked;                   /* 1: the first family, 2: the second seed's */
bool seed2IsDead;

/* Ghosts: seen by the properties only. */
byte sentBy[8];                 /* per token, the attempts that sent it, without those whose patience is over */
byte sentSeeds;
byte excuseW3, excuseW4, excuseW15;     /* tokens */

byte crashes, failovers, seedings;

/* Of tokens. Within a family a later generation has the higher number. */
#define FAMILY(x) ((x) == SEED2 || (secondFamily & BIT(x)) -> 2 : 1)
#define GENERATION(x) ((x) == SEED2 -> 0 : (x))
byte secondFamily;              /* tokens granted to the second seed's family */

/* The pair of record c came from token t, or from one after it. */
#define OUTDATES(c, t) ((c) != 0 && FAMILY(token[c]) == FAMILY(t) && GENERATION(token[c]) > GENERATION(t))

/* Of records. SparePair.Supersedes: pair c came back for the token of record s, or for one after it. */
#define SUPERSEDES(c, s) OUTDATES(c, token[s])
/* 2. Lineage.Descends. */
#define DESCENDS(c, s) ((ancestors[c] & BIT(s)) != 0)
/* Successor.IsNewsTo; less the pairs that nothing here would fall back to, since the model ends with the second family. */
#define NEWS(c, s) (SUPERSEDES(c, s) || ((c) != 0 && token[s] == SEED2 && FAMILY(token[c]) == 1))
/* The pair is nothing new to any record that a failover can bring. */
#define OUTLIVED(c) ((c) == replicated.id || token[c] == token[replicated.id] || DESCENDS(replicated.id, c) || SUPERSEDES(replicated.id, c))

/* Scratch, zero between steps. */
byte wId, wAttempts, wPrev, wPrevAttempts;
byte at, tok, good;

/* Ends a step. What is known of an attempt that stands nowhere any more is forgotten, as nothing depends on it: fewer states, no fewer schedules. */
inline forget() {
    tok = master.attempts | master.prevAttempts | replicated.attempts | replicated.prevAttempts;
    at = 0;
    do
    :: at == REPLICAS -> break
    :: else ->
        tok = tok | memory[at].attempts | memory[at].prevAttempts | held[at].attempts | held[at].prevAttempts |
            lateAttempts[at] | (attempt[at] != 0 -> BIT(attempt[at]) : 0);
        /* A pair that no failover can lose any more has left the journal; one that is in use for good is no spare. */
        if
        :: OUTLIVED(journal[at]) || replicated.prev == journal[at] -> journal[at] = 0
        :: else
        fi;
        if
        :: OUTLIVED(late[at]) -> late[at] = 0; lateAttempts[at] = 0
        :: else
        fi;
        at++
    od;
    at = 1;
    do
    :: at > lastAttempt -> break
    :: (tok & BIT(at)) || known[at] == DOUBTFUL -> at++
    :: else -> age[at] = 2; owner[at] = NOBODY; attemptOf[at] = 0; known[at] = UNKNOWN; at++
    od;
    wId = 0; wAttempts = 0; wPrev = 0; wPrevAttempts = 0; at = 0; tok = 0; good = 0
}

inline useMaster() {
    wId = master.id; wAttempts = master.attempts; wPrev = master.prev; wPrevAttempts = master.prevAttempts
}

inline useMemory(r) {
    wId = memory[r].id; wAttempts = memory[r].attempts; wPrev = memory[r].prev; wPrevAttempts = memory[r].prevAttempts
}

/* CredentialMemory.Meet, Successor.Joining and Amendments.Apply: the record that counts for this replica. */
inline meet(r, joining) {
    useMaster();
    if
    :: memory[r].id != 0 && memory[r].id != master.id && DESCENDS(memory[r].id, master.id) ->
        useMemory(r);
        if
        :: joining ->
#ifndef NO_MERGE
            /* What was begun meanwhile with the pair that is laid aside here is not forgotten. */
            if
            :: wPrev != 0 && token[wPrev] == token[master.id] -> wPrevAttempts = wPrevAttempts | master.attempts
            :: else
            fi;
#endif
#ifndef NO_CARRY
            /* Nor is a pair that came back meanwhile. */
            if
            :: NEWS(master.prev, wId) && (wPrev == 0 || SUPERSEDES(master.prev, wPrev)) -> wPrev = master.prev; wPrevAttempts = master.prevAttempts
            :: else
            fi;
#endif
            skip
        :: else
        fi
    :: else ->
        /* The store has gone on without the pair in memory: it is kept as a spare. */
        if
        :: memory[r].id != 0 && memory[r].id != master.id && !DESCENDS(master.id, memory[r].id) && !SUPERSEDES(late[r], memory[r].id) ->
            late[r] = memory[r].id; lateAttempts[r] = memory[r].attempts
        :: else
        fi
    fi;
#ifndef DROP_LATE
    /* Amendments.SparesOf: it takes the place of the one that it came back for. */
    if
    :: NEWS(late[r], wId) && (wPrev == 0 || SUPERSEDES(late[r], wPrev)) -> wPrev = late[r]; wPrevAttempts = lateAttempts[r]
    :: else
    fi;
#endif
    at = 1;
    do
    :: at > lastAttempt -> break
    :: else ->
        if
        :: owner[at] == r && known[at] == CLEARED ->
#ifdef CLEAR_ALL
            if
            :: wAttempts & BIT(at) -> wAttempts = 0
            :: else
            fi;
#endif
            wAttempts = wAttempts & ~BIT(at);
            wPrevAttempts = wPrevAttempts & ~BIT(at)
        :: owner[at] == r && known[at] == DOUBTFUL && attemptOf[at] == wId -> wAttempts = wAttempts | BIT(at)
        :: else
        fi;
        at++
    od;
    at = 0
}

inline remember(r) {
    memory[r].id = wId; memory[r].attempts = wAttempts; memory[r].prev = wPrev; memory[r].prevAttempts = wPrevAttempts
}

inline write() {
    master.id = wId; master.attempts = wAttempts; master.prev = wPrev; master.prevAttempts = wPrevAttempts;
    insync = false;
    at = 0;
    do
    :: at == REPLICAS -> break
    :: else -> unmoved[at] = false; at++
    od;
    at = 0
}

inline replicate() {
    replicated.id = master.id; replicated.attempts = master.attempts;
    replicated.prev = master.prev; replicated.prevAttempts = master.prevAttempts;
    insync = true;
    at = 0;
    do
    :: at == REPLICAS -> break
    :: else -> unmovedReplica[at] = unmoved[at]; at++
    od;
    at = 0
}

#define MOVED (wId != master.id || wAttempts != master.attempts || wPrev != master.prev || wPrevAttempts != master.prevAttempts)

/* (c) What a replica holds never goes back to an ancestor of it. */
inline assertGrows(r) {
    assert(memory[r].id == 0 || (ancestors[memory[r].id] & BIT(wId)) == 0)
}

/* True when all that is recorded of earlier attempts allows this one (InDoubtPolicy, RevokesFamily). */
inline assessDue() {
    good = 1;
    at = 1;
    do
    :: at > lastAttempt -> break
    :: else ->
        if
#ifdef NO_PATIENCE
        :: (wAttempts & BIT(at)) && age[at] == 0 -> good = 0
#else
        :: (wAttempts & BIT(at)) && age[at] != 2 -> good = 0
#endif
        :: else
        fi;
        at++
    od;
    at = 0
}

/* True when no attempt may still have its answer coming (Adoption). */
inline assessAdoption() {
    good = 1;
    at = 1;
    do
    :: at > lastAttempt -> break
    :: else ->
        if
        :: (wAttempts & BIT(at)) && age[at] == 0 && known[at] != DOUBTFUL -> good = 0
        :: else
        fi;
        at++
    od;
    at = 0
}

inline idle(r) {
    held[r].id = 0; held[r].attempts = 0; held[r].prev = 0; held[r].prevAttempts = 0;
    attempt[r] = 0;
    answer[r] = 0;
    unmoved[r] = false;
    unmovedReplica[r] = false;
#ifdef WEAK_CAS
    expected[r] = 0;
#endif
    /* 11. Release, if it is still ours. */
    if
    :: lease == r -> lease = NOBODY
    :: else
    fi;
    pc[r] = IDLE
}

/* (a) No refresh token is sent a second time unless each earlier attempt was refused, or has been in doubt until its patience was over. */
inline noteSent(r) {
    tok = token[held[r].id];
    at = 1;
    do
    :: at > lastAttempt -> break
    :: else ->
        assert(at == attempt[r] || !(sentBy[tok] & BIT(at)));
        at++
    od;
    at = 0;
    sentBy[tok] = sentBy[tok] | BIT(attempt[r]);
    sentSeeds = sentSeeds | (BIT(tok) & (BIT(SEED) | BIT(SEED2)))
}

/* A new attempt. Its send_by counts from the lease in the code, so from earlier, and forbids more. */
inline begin(r) {
    lastAttempt++;
    attempt[r] = lastAttempt;
    age[lastAttempt] = 0;
    owner[lastAttempt] = r;
    attemptOf[lastAttempt] = held[r].id;
    wId = held[r].id; wAttempts = held[r].attempts | BIT(lastAttempt); wPrev = held[r].prev; wPrevAttempts = held[r].prevAttempts;
    held[r].attempts = 0; held[r].prev = 0; held[r].prevAttempts = 0;
    unmoved[r] = false;
    unmovedReplica[r] = false
}

proctype Replica(byte r) provided (revoked == 0) {
end:
    do
    /* 1. Start, with what the journal keeps. */
    :: d_step {
        pc[r] == DOWN ->
        if
        :: journal[r] != 0 -> memory[r].id = journal[r]; UNCOMMITTED(r, true)
        :: else
        fi;
        met[r] = false;
        pc[r] = IDLE;
        printf("%d starts, journal holds %d\n", r, journal[r]);
        forget()
       }

    /* A crash, at any step. What was granted and is not in the journal is gone: W3. */
    :: d_step {
        pc[r] != DOWN && crashes < CRASHES ->
        crashes++;
        printf("%d CRASHES\n", r);
        if
        :: pc[r] == SENT -> excuseW3 = excuseW3 | BIT(token[held[r].id])
        :: else
        fi;
        at = 1;
        do
        :: at > lastAttempt -> break
        :: else ->
            if
            :: owner[at] == r -> known[at] = UNKNOWN; owner[at] = NOBODY
            :: else
            fi;
            at++
        od;
        at = lease;
        idle(r);
        lease = at; /* Nobody releases it. */
        at = 0;
        memory[r].id = 0; memory[r].attempts = 0; memory[r].prev = 0; memory[r].prevAttempts = 0;
        late[r] = 0; lateAttempts[r] = 0;
        UNCOMMITTED(r, false);
        met[r] = false;
        pc[r] = DOWN;
        forget()
       }

    /* 2 and 10. Poll: take over what is newer, write back what is newer here (heal and commit), and what is known of one's own attempts. */
    :: d_step {
        pc[r] == IDLE ->
        meet(r, true);
        assertGrows(r);
#ifdef NO_HEAL
        if
        :: wId != master.id && !uncommitted[r] -> at = 1
        :: else
        fi;
#endif
        remember(r);
        if
        :: MOVED && at == 0 -> write(); printf("%d commits or heals record %d, attempts %d, previous %d\n", r, wId, wAttempts, wPrev)
        :: else -> printf("%d polls: record %d, attempts %d\n", r, wId, wAttempts)
        fi;
        at = 0;
        UNCOMMITTED(r, false);
        met[r] = true;
        forget()
       }

/* Reconciler.HasStored: a store that is behind is healed first, and only that joins. */
#if defined(OVER_STORED) || defined(NO_RELOAD)
#define BEHIND false
#else
#define BEHIND (wId != master.id)
#endif
/* FallbackDuty.TakesOver: a token for which another pair came back is spent, and never sent. */
#ifdef NO_TAKEOVER
#define TAKES_OVER(r) false
#else
#ifdef TAKEOVER_BY_MEMORY
#define TAKES_OVER(r) (wId != memory[r].id || SUPERSEDES(memory[r].prev, memory[r].id))
#else
#define TAKES_OVER(r) SUPERSEDES(wPrev, wId)
#endif
#endif
    /* 3 to 5. Due, acquire, reload under the lease. */
    :: d_step {
        pc[r] == IDLE && lease == NOBODY && lastAttempt < ATTEMPTS ->
#ifdef NO_RELOAD
        useMemory(r);
#else
        meet(r, false);
        assertGrows(r);
#endif
        assessDue();
        if
        :: good == 0 || wId == 0 || BEHIND || TAKES_OVER(r) -> skip
#ifndef NO_RECOUNT
        /* RotationPlan.ResendAt: what is in doubt waits until this replica, too, has met the store anew. */
        :: good != 0 && wId != 0 && !BEHIND && !TAKES_OVER(r) && wAttempts != 0 && !met[r] -> skip
#endif
        :: else ->
            lease = r;
            /* What was in memory stays there until a write has succeeded: a late pair would otherwise be nowhere for a while. */
            held[r].id = wId; held[r].attempts = wAttempts; held[r].prev = wPrev; held[r].prevAttempts = wPrevAttempts;
            unmoved[r] = true;
            unmovedReplica[r] = insync;
#ifdef WEAK_CAS
            expected[r] = master.id;
#endif
            pc[r] = LEASED;
            printf("%d leases and reloads record %d (token %d), attempts %d\n", r, wId, token[wId], wAttempts)
        fi;
        forget()
       }

#ifdef NO_FENCE
#define GUARD true
#else
#define GUARD (lease == r)
#endif
#ifdef WEAK_CAS
#define SAME (master.id == expected[r])
#else
#define SAME unmoved[r]
#endif
#ifdef NO_INTENT
    :: d_step {
        pc[r] == LEASED && lastAttempt < ATTEMPTS ->
        begin(r);
        pc[r] = INTENDED;
        printf("%d declares nothing\n", r);
        forget()
       }
#else
    /* 6. Intent, and its WAIT. */
    :: d_step {
        pc[r] == LEASED && GUARD && SAME && lastAttempt < ATTEMPTS ->
        begin(r);
        write();
#ifndef NO_WAIT
        replicate();
#endif
        remember(r);
        UNCOMMITTED(r, false);
        pc[r] = INTENDED;
        printf("%d declares attempt %d of record %d\n", r, attempt[r], wId);
        forget()
       }
    /* It was executed, and nobody says so; or its WAIT failed. It is never sent, and cleared. */
    :: d_step {
        pc[r] == LEASED && GUARD && SAME && lastAttempt < ATTEMPTS ->
        begin(r);
        write();
        known[attempt[r]] = CLEARED;
        printf("%d declares attempt %d of record %d, unanswered, and gives up\n", r, attempt[r], wId);
        idle(r);
        forget()
       }
    /* Superseded, lease lost, or never executed. */
    :: d_step {
        pc[r] == LEASED ->
        printf("%d cannot declare its attempt\n", r);
        idle(r);
        forget()
       }
#endif

    /* 7. Not sent: no connection, or the deadline is over. Or refused unspent (429 and the like), which comes to the same. */
    :: d_step {
        pc[r] == INTENDED ->
        known[attempt[r]] = CLEARED;
        printf("%d did not send, or was refused\n", r);
        idle(r);
        forget()
       }

#ifdef NO_DEADLINE
#define IN_TIME true
#else
#define IN_TIME (age[attempt[r]] == 0)
#endif
#define LIVE(x) (!(exchanged & BIT(x)) && !(revoked & FAMILY(x)) && !((x) == SEED2 && seed2IsDead))
    /* 8. Sent, and exchanged: the answer is on its way. */
    :: d_step {
        pc[r] == INTENDED && IN_TIME && LIVE(token[held[r].id]) && lastId < MAXID ->
        noteSent(r);
        exchanged = exchanged | BIT(tok);
        lastId++;
        token[lastId] = lastId;
        ancestors[lastId] = ancestors[held[r].id] | BIT(held[r].id);
        if
        :: FAMILY(tok) == 2 -> secondFamily = secondFamily | BIT(lastId)
        :: else
        fi;
        if
        :: adopted & BIT(held[r].id) -> adopted = adopted | BIT(lastId)
        :: else
        fi;
        answer[r] = lastId;
        pc[r] = SENT;
        printf("%d SENDS token %d: exchanged for %d\n", r, tok, lastId);
        forget()
       }
    /* Sent, and lost before the provider saw it. Nobody knows. */
    :: d_step {
        pc[r] == INTENDED && IN_TIME ->
        noteSent(r);
        known[attempt[r]] = DOUBTFUL;
        printf("%d SENDS token %d: lost on the way\n", r, tok);
        idle(r);
        forget()
       }
    /* Sent, and invalid_grant. A spent token revokes its family: (b) only if it was lost through W3, W4 or W15 before. */
    :: d_step {
        pc[r] == INTENDED && IN_TIME && !LIVE(token[held[r].id]) ->
        noteSent(r);
        printf("%d SENDS token %d: invalid_grant\n", r, tok);
        if
        :: exchanged & BIT(tok) ->
            assert((excuseW3 | excuseW4 | excuseW15) & BIT(tok));
            revoked = revoked | FAMILY(tok)
        :: else
        fi;
        known[attempt[r]] = CLEARED;
        sentBy[tok] = sentBy[tok] & ~BIT(attempt[r]);
        /* A refused seed: the pair that it replaced is restored, with the doubt about it. */
        if
        :: master.prev != 0 && master.id == held[r].id && lastId < MAXID ->
            lastId++;
            token[lastId] = token[master.prev];
            ancestors[lastId] = ancestors[master.id] | BIT(master.id);
            adopted = adopted | BIT(lastId);
            wId = lastId; wPrev = 0; wPrevAttempts = 0;
#ifdef DROP_DOUBT
            wAttempts = 0;
#else
            wAttempts = master.prevAttempts;
#endif
            printf("%d restores token %d as record %d, attempts %d\n", r, token[lastId], lastId, wAttempts);
            write();
            remember(r)
        :: else
        fi;
        idle(r);
        forget()
       }

    /* The answer is lost on its way: W4. */
    :: d_step {
        pc[r] == SENT ->
        excuseW4 = excuseW4 | BIT(token[held[r].id]);
        known[attempt[r]] = DOUBTFUL;
        printf("%d never sees the answer\n", r);
        idle(r);
        forget()
       }

    /* 9. The journal, and only then the memory; 10. the commit is the next poll. */
    :: d_step {
        pc[r] == SENT ->
#ifndef NO_JOURNAL
        journal[r] = answer[r];
        assert(journal[r] == answer[r]);
#endif
        wId = answer[r]; wAttempts = 0; wPrev = 0; wPrevAttempts = 0;
        remember(r);
        UNCOMMITTED(r, true);
        met[r] = false;
        printf("%d journals and uses record %d\n", r, wId);
        idle(r);
        forget()
       }

#ifndef NO_TAKEOVER
    /* The pair that came back late takes the place of the token that it came back for. */
    :: d_step {
        pc[r] == IDLE && lease == NOBODY && lastId < MAXID ->
        meet(r, false);
        assessAdoption();
        if
        :: good == 0 || wId == 0 || BEHIND || !SUPERSEDES(wPrev, wId) -> skip
        :: else ->
            lastId++;
            token[lastId] = token[wPrev];
            ancestors[lastId] = ancestors[wId] | BIT(wId);
            if
            :: adopted & BIT(wId) -> adopted = adopted | BIT(lastId)
            :: else
            fi;
            printf("%d takes token %d over token %d as record %d\n", r, token[lastId], token[wId], lastId);
            wId = lastId; wAttempts = wPrevAttempts; wPrev = 0; wPrevAttempts = 0;
            write();
            remember(r)
        fi;
        forget()
       }
#endif

    /* Reseed or standby: adopted by one compare-and-set, never over an attempt that may be under way, never a second time. */
    :: d_step {
        pc[r] == IDLE && lease == NOBODY && seedings < SEEDINGS && lastId < MAXID ->
        meet(r, false);
        assessAdoption();
#ifdef NO_ADOPTED_SEEDS
        tok = (token[wId] == SEED2 || (secondFamily & BIT(token[wId])) -> SEED : SEED2);
        if
        :: token[wId] != SEED && !(adopted & BIT(wId)) -> tok = SEED
        :: else
        fi;
#else
        tok = SEED2;
        if
        :: adopted & BIT(wId) -> good = 0
        :: else
        fi;
#endif
        if
        :: good == 0 || wId == 0 || BEHIND -> skip
        :: else ->
            seedings++;
            /* (e) An adopted seed that was sent, or a spent one, is never taken for a new one. */
            assert((sentSeeds & BIT(tok)) == 0);
            lastId++;
            token[lastId] = tok;
            ancestors[lastId] = ancestors[wId] | BIT(wId);
            adopted = adopted | BIT(lastId);
            wPrev = wId; wPrevAttempts = wAttempts; wId = lastId; wAttempts = 0;
            printf("%d adopts seed %d as record %d over %d, attempts %d\n", r, tok, wId, wPrev, wPrevAttempts);
            write();
            remember(r)
        fi;
        forget()
       }
    od
}

/* The store's own life, and the access token's. */
proctype Store() provided (revoked == 0) {
end:
    do
    :: d_step { insync == false -> replicate(); printf("the store replicates\n") }
    :: d_step {
        insync == false && failovers < FAILOVERS ->
        failovers++;
        printf("FAILOVER: the store is back at record %d, attempts %d\n", replicated.id, replicated.attempts);
        master.id = replicated.id; master.attempts = replicated.attempts;
        master.prev = replicated.prev; master.prevAttempts = replicated.prevAttempts;
        insync = true;
        lease = NOBODY;
        at = 0;
        do
        :: at == REPLICAS -> break
        :: else -> unmoved[at] = unmovedReplica[at]; met[at] = false; at++
        od;
#ifndef NO_RECOUNT
        /* Whoever knows more has the whole patience to bring it back. */
        at = 1;
        do
        :: at > lastAttempt -> break
        :: else ->
            if
            :: age[at] == 2 -> age[at] = 1
            :: else
            fi;
            at++
        od;
#endif
        at = 0;
        forget()
       }
    :: d_step { lease != NOBODY -> lease = NOBODY; printf("the lease runs out\n") }
    od
}

/* The clock of one attempt. */
proctype Clock(byte k) provided (revoked == 0) {
end:
    do
    :: d_step { k <= lastAttempt && age[k] == 0 -> age[k] = 1; printf("send_by of attempt %d is over\n", k) }
    :: d_step {
        age[k] == 1 ->
        age[k] = 2;
        printf("the patience of attempt %d is over\n", k);
        /* W15: somebody holds the successor and has stayed away from the store all that time. */
        tok = token[attemptOf[k]];
        sentBy[tok] = sentBy[tok] & ~BIT(k);
        at = 0;
        do
        :: at == REPLICAS -> break
        :: else ->
            if
            :: OUTDATES(answer[at], tok) || (!met[at] && (OUTDATES(memory[at].id, tok) || OUTDATES(journal[at], tok) || OUTDATES(late[at], tok))) ->
                excuseW15 = excuseW15 | BIT(tok);
                printf("%d, who holds its answer, stayed away: W15\n", at)
            :: else
            fi;
            at++
        od;
        at = 0;
        tok = 0;
        forget()
       }
    od
}

init {
    byte r;
    atomic {
        token[1] = SEED;
        master.id = 1;
        replicated.id = 1;
        if
#ifndef REFUSED_SEED
        :: seed2IsDead = false
#endif
        :: seed2IsDead = true
        fi;
        run Store();
        r = 1;
        do
        :: r > ATTEMPTS -> break
        :: else -> run Clock(r); r++
        od;
        r = 0;
        do
        :: r == REPLICAS -> break
        :: else -> memory[r].id = 1; met[r] = true; run Replica(r); r++
        od
    }
}

import type pg from 'pg';

/** A table of events under names drawn from `random`, with the naive queries that such a table sees. */
export interface GeneratedTarget {
  queries: { name: string; sql: string; params: (string | null)[][]; ordered: boolean }[];
  create(client: pg.Client): Promise<void>;
}

export function generateTarget(random: () => number, rows: number): GeneratedTarget {
  const taken = new Set<string>();
  const word = (): string => {
    const made = Array.from({ length: 7 }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join(
      '',
    );
    if (taken.has(made)) return word();
    taken.add(made);
    return `${made}_c`;
  };
  const [t, id, owner, kind, at, amount, code, note, doc] = Array.from({ length: 9 }, word);
  const [u, uid, region] = Array.from({ length: 3 }, word);
  const owners = Math.floor(rows / 50);
  const queries = [
    {
      name: 'point',
      sql: `select ${id}, ${amount}, ${note} from ${t} where ${code} = $1`,
      params: [['K0000777'], ['K0001234']],
      ordered: false,
    },
    {
      name: 'top',
      sql: `select ${id}, ${at}, ${amount} from ${t} where ${kind} = $1 order by ${at} desc, ${id} desc limit 10`,
      params: [['k3'], ['k0']],
      ordered: true,
    },
    {
      name: 'grouped',
      sql: `select ${owner}, count(*) as n, sum(${amount}) as total from ${t} where ${at} >= $1 and ${at} < $2 group by ${owner}`,
      params: [['2024-03-01', '2024-03-02']],
      ordered: false,
    },
    {
      name: 'latest',
      sql: `select a.${owner}, a.${id}, a.${at} from ${t} a where a.${kind} = $1 and a.${owner} < 12
        and a.${id} = (select b.${id} from ${t} b where b.${owner} = a.${owner} and b.${kind} = $1 order by b.${at} desc, b.${id} desc limit 1)`,
      params: [['k2']],
      ordered: false,
    },
    {
      name: 'joined',
      sql: `select e.${id}, e.${amount}, o.${region} from ${u} o join ${t} e on e.${owner} = o.${uid} where o.${uid} = $1 order by e.${id}`,
      params: [['17']],
      ordered: true,
    },
    {
      name: 'document',
      sql: `select count(*) as n from ${t} where ${doc}->>'tag' = $1`,
      params: [['t77']],
      ordered: false,
    },
    {
      name: 'either',
      sql: `select ${id}, ${note} from ${t} where ${code} = $1 or ${owner} = $2`,
      params: [['K0000042', '12']],
      ordered: false,
    },
  ];
  return {
    queries,
    async create(client) {
      await client.query(
        `create table ${t} (${id} int primary key, ${owner} int not null, ${kind} text not null, ${at} timestamptz not null,
          ${amount} numeric(10,2), ${code} text not null, ${note} text, ${doc} jsonb not null)`,
      );
      await client.query(
        `insert into ${t} select i, (i * 7919) % ${owners}, 'k' || (i % 7), '2024-01-01'::timestamptz + i * interval '40 seconds',
          (i % 1000) / 7.0, 'K' || lpad(((i * 31) % ${rows})::text, 7, '0'), repeat('n', i % 60),
          jsonb_build_object('tag', 't' || (i * 17) % 2000, 'pad', repeat('x', 40)) from generate_series(1, ${rows}) i`,
      );
      await client.query(`create table ${u} (${uid} int primary key, ${region} text not null)`);
      await client.query(`insert into ${u} select i, 'r' || i % 9 from generate_series(0, ${owners}) i`);
      await client.query(`vacuum analyze ${t}`);
      await client.query(`vacuum analyze ${u}`);
    },
  };
}

-- What the database should look like. It can be run again.
set client_min_messages = warning;

create table if not exists greeting (
  id integer primary key,
  words text not null
);

insert into greeting values (1, 'hello from PostgreSQL')
on conflict (id) do update set words = excluded.words;

-- Money: what things cost, what was done and must end billed, given free or declined, invoices that never
-- change, payments, and the ledger that all of it adds up in. Amounts are integer minor units of the clinic's currency.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE paddock_owner;

-- The money of one clinic. cash_step is what cash is rounded to (5 for Swiss francs, 1 for none).
CREATE TABLE money_settings (
  tenant_id    uuid NOT NULL,
  currency     text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  tax_included boolean NOT NULL,
  tax_by       text NOT NULL CHECK (tax_by IN ('line', 'document')),
  cash_step    bigint NOT NULL DEFAULT 1 CHECK (cash_step BETWEEN 1 AND 10000),
  due_days     integer NOT NULL DEFAULT 0 CHECK (due_days BETWEEN 0 AND 365),
  version      bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id)
);
SELECT sec.fence('money_settings', '{select,insert,update}');

CREATE TABLE tax_classes (
  tenant_id uuid NOT NULL,
  id        uuid NOT NULL,
  key       text NOT NULL CHECK (key ~ '^[a-z][a-z-]*$'),
  name      text NOT NULL CHECK (name <> '' AND length(name) <= 60),
  ended_at  timestamptz,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT tax_classes_key UNIQUE (tenant_id, key)
);
SELECT sec.fence('tax_classes', '{select,insert,update}');

-- A rate in percent, from a day on until the next one of the same class, context and species. A rate for a context
-- or a species goes before one for all.
CREATE TABLE tax_rates (
  tenant_id    uuid NOT NULL,
  id           uuid NOT NULL,
  tax_class_id uuid NOT NULL,
  context      text CHECK (context IN ('administered', 'dispensed')),
  species      text REFERENCES species,
  rate         numeric(7,4) NOT NULL CHECK (rate BETWEEN 0 AND 100),
  valid_from   date NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, tax_class_id) REFERENCES tax_classes (tenant_id, id)
);
CREATE INDEX tax_rates_class ON tax_rates (tenant_id, tax_class_id, valid_from);
SELECT sec.fence('tax_rates', '{select,insert}');

-- The price list. price is for one unit; what is sold later is copied to the charge, so a change of price
-- reaches no bill.
CREATE TABLE price_items (
  tenant_id    uuid NOT NULL,
  id           uuid NOT NULL,
  code         text NOT NULL CHECK (code ~ '^[A-Z0-9][A-Z0-9.-]*$' AND length(code) <= 20),
  name         text NOT NULL CHECK (name <> '' AND length(name) <= 120),
  unit         text NOT NULL CHECK (unit IN ('each', 'tablet', 'ml', 'g', 'dose', 'pack', 'minute', 'hour', 'night', 'km')),
  price        bigint NOT NULL CHECK (price BETWEEN 0 AND 100000000000),
  tax_class_id uuid NOT NULL,
  context      text NOT NULL CHECK (context IN ('administered', 'dispensed')),
  barcode      text CHECK (barcode ~ '^[0-9A-Za-z-]+$' AND length(barcode) <= 40),
  version      bigint NOT NULL DEFAULT 1,
  ended_at     timestamptz,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT price_items_code UNIQUE (tenant_id, code),
  FOREIGN KEY (tenant_id, tax_class_id) REFERENCES tax_classes (tenant_id, id)
);
CREATE INDEX price_items_tax ON price_items (tenant_id, tax_class_id);
CREATE INDEX price_items_barcode ON price_items (tenant_id, barcode);
SELECT sec.fence('price_items', '{select,insert,update}');

-- A charge is open until it is billed, given free or declined; a credit note opens it again.
CREATE TABLE charge_state_moves (
  from_state text NOT NULL,
  to_state   text NOT NULL,
  PRIMARY KEY (from_state, to_state)
);
GRANT SELECT ON charge_state_moves TO paddock_app;
INSERT INTO charge_state_moves (from_state, to_state) VALUES
  ('open', 'billed'), ('open', 'free'), ('open', 'declined'), ('free', 'open'), ('declined', 'open'),
  ('billed', 'open'), ('billed', 'declined');

-- An act that must end billed, given free with a reason, or declined. The open ones of a client are the draft
-- of the next invoice. What was done, and how it is to be taken, is sealed.
CREATE TABLE charges (
  tenant_id    uuid NOT NULL,
  id           uuid NOT NULL,
  patient_id   uuid NOT NULL,
  client_id    uuid,
  visit_id     uuid,
  item_id      uuid,
  quantity     numeric(13,3) NOT NULL CHECK (quantity > 0),
  unit         text NOT NULL CHECK (unit IN ('each', 'tablet', 'ml', 'g', 'dose', 'pack', 'minute', 'hour', 'night', 'km')),
  price        bigint NOT NULL CHECK (price BETWEEN 0 AND 100000000000),
  discount_bp  integer NOT NULL DEFAULT 0 CHECK (discount_bp BETWEEN 0 AND 10000),
  tax_class_id uuid NOT NULL,
  context      text NOT NULL CHECK (context IN ('administered', 'dispensed')),
  state        text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'billed', 'free', 'declined')),
  last_move_id uuid,
  sealed       bytea NOT NULL,
  key_version  integer NOT NULL,
  version      bigint NOT NULL DEFAULT 1,
  day          date NOT NULL,
  made_at      timestamptz NOT NULL,
  made_by      uuid,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT charges_moved CHECK (state = 'open' OR last_move_id IS NOT NULL),
  FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id),
  FOREIGN KEY (tenant_id, client_id) REFERENCES clients (tenant_id, id),
  FOREIGN KEY (tenant_id, visit_id, patient_id) REFERENCES appointments (tenant_id, id, patient_id),
  FOREIGN KEY (tenant_id, item_id) REFERENCES price_items (tenant_id, id),
  FOREIGN KEY (tenant_id, tax_class_id) REFERENCES tax_classes (tenant_id, id)
);
CREATE INDEX charges_visit ON charges (tenant_id, visit_id, state);
CREATE INDEX charges_patient ON charges (tenant_id, patient_id, state);
CREATE INDEX charges_client ON charges (tenant_id, client_id, state);
CREATE INDEX charges_item ON charges (tenant_id, item_id);
CREATE INDEX charges_tax ON charges (tenant_id, tax_class_id);
CREATE INDEX charges_open ON charges (tenant_id, made_at) WHERE state = 'open';

CREATE TABLE charge_moves (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  charge_id   uuid NOT NULL,
  from_state  text NOT NULL,
  to_state    text NOT NULL,
  invoice_id  uuid,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  at          timestamptz NOT NULL,
  by_id       uuid,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT charge_moves_state UNIQUE (tenant_id, id, charge_id, to_state),
  CONSTRAINT charge_moves_allowed FOREIGN KEY (from_state, to_state) REFERENCES charge_state_moves (from_state, to_state),
  CONSTRAINT charge_moves_billed CHECK (to_state <> 'billed' OR invoice_id IS NOT NULL),
  FOREIGN KEY (tenant_id, charge_id) REFERENCES charges (tenant_id, id)
);
CREATE INDEX charge_moves_charge ON charge_moves (tenant_id, charge_id, at);
CREATE INDEX charge_moves_invoice ON charge_moves (tenant_id, invoice_id);
SELECT sec.fence('charge_moves', '{select,insert}');
ALTER TABLE charges ADD CONSTRAINT charges_last_move
  FOREIGN KEY (tenant_id, last_move_id, id, state) REFERENCES charge_moves (tenant_id, id, charge_id, to_state);
SELECT sec.fence('charges', '{select,insert,update}');

-- The next number of a series. The row is held until its transaction ends, and a number that was not used is
-- given again: numbers have no gaps.
CREATE TABLE invoice_series (
  tenant_id uuid NOT NULL,
  id        uuid NOT NULL,
  prefix    text NOT NULL CHECK (prefix ~ '^[A-Z0-9-]*$' AND length(prefix) <= 12),
  kind      text NOT NULL CHECK (kind IN ('invoice', 'credit-note')),
  next      bigint NOT NULL DEFAULT 1 CHECK (next > 0),
  ended_at  timestamptz,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT invoice_series_prefix UNIQUE (tenant_id, prefix)
);
SELECT sec.fence('invoice_series', '{select,insert}');
GRANT UPDATE (next, ended_at) ON invoice_series TO paddock_app;

-- An issued document. It and its lines can be added and read, and nothing else: undone by a credit note alone.
-- A credit note holds positive amounts and names what it credits. Who it was made out to is sealed as it was.
CREATE TABLE invoices (
  tenant_id    uuid NOT NULL,
  id           uuid NOT NULL,
  series_id    uuid NOT NULL,
  number       bigint NOT NULL CHECK (number > 0),
  credits_id   uuid,
  kind         text NOT NULL GENERATED ALWAYS AS (CASE WHEN credits_id IS NULL THEN 'invoice' ELSE 'credit-note' END) STORED,
  client_id    uuid NOT NULL,
  visit_id     uuid,
  day          date NOT NULL,
  due_on       date NOT NULL,
  currency     text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  tax_included boolean NOT NULL,
  net          bigint NOT NULL CHECK (net >= 0),
  tax          bigint NOT NULL CHECK (tax >= 0),
  total        bigint NOT NULL GENERATED ALWAYS AS (net + tax) STORED,
  share_bp     integer NOT NULL DEFAULT 10000 CHECK (share_bp BETWEEN 1 AND 10000),
  sealed       bytea NOT NULL,
  key_version  integer NOT NULL,
  issued_at    timestamptz NOT NULL,
  issued_by    uuid,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT invoices_number UNIQUE (tenant_id, series_id, number),
  CONSTRAINT invoices_client UNIQUE (tenant_id, id, client_id),
  FOREIGN KEY (tenant_id, series_id) REFERENCES invoice_series (tenant_id, id),
  FOREIGN KEY (tenant_id, credits_id, client_id) REFERENCES invoices (tenant_id, id, client_id),
  FOREIGN KEY (tenant_id, client_id) REFERENCES clients (tenant_id, id),
  FOREIGN KEY (tenant_id, visit_id) REFERENCES appointments (tenant_id, id)
);
CREATE INDEX invoices_of_client ON invoices (tenant_id, client_id, day);
CREATE INDEX invoices_day ON invoices (tenant_id, day);
CREATE INDEX invoices_visit ON invoices (tenant_id, visit_id);
CREATE INDEX invoices_credits_id ON invoices (tenant_id, credits_id);
SELECT sec.fence('invoices', '{select,insert}');

-- rate is the percentage that held on the day, copied. amount is quantity x price less the discount, rounded once;
-- net and tax are it apart, or it and what comes on top.
CREATE TABLE invoice_lines (
  tenant_id    uuid NOT NULL,
  id           uuid NOT NULL,
  invoice_id   uuid NOT NULL,
  position     integer NOT NULL CHECK (position > 0),
  charge_id    uuid NOT NULL,
  patient_id   uuid NOT NULL,
  item_id      uuid,
  quantity     numeric(13,3) NOT NULL CHECK (quantity > 0),
  unit         text NOT NULL,
  price        bigint NOT NULL CHECK (price >= 0),
  discount_bp  integer NOT NULL CHECK (discount_bp BETWEEN 0 AND 10000),
  tax_class_id uuid NOT NULL,
  context      text NOT NULL CHECK (context IN ('administered', 'dispensed')),
  species      text NOT NULL REFERENCES species,
  rate         numeric(7,4) NOT NULL CHECK (rate BETWEEN 0 AND 100),
  amount       bigint NOT NULL CHECK (amount >= 0),
  net          bigint NOT NULL CHECK (net >= 0),
  tax          bigint NOT NULL CHECK (tax >= 0),
  sealed       bytea NOT NULL,
  key_version  integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoices (tenant_id, id),
  FOREIGN KEY (tenant_id, charge_id) REFERENCES charges (tenant_id, id),
  FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id),
  FOREIGN KEY (tenant_id, item_id) REFERENCES price_items (tenant_id, id),
  FOREIGN KEY (tenant_id, tax_class_id) REFERENCES tax_classes (tenant_id, id)
);
CREATE INDEX invoice_lines_invoice ON invoice_lines (tenant_id, invoice_id, position);
CREATE INDEX invoice_lines_charge ON invoice_lines (tenant_id, charge_id);
CREATE INDEX invoice_lines_patient ON invoice_lines (tenant_id, patient_id);
CREATE INDEX invoice_lines_item ON invoice_lines (tenant_id, item_id);
CREATE INDEX invoice_lines_tax ON invoice_lines (tenant_id, tax_class_id);
SELECT sec.fence('invoice_lines', '{select,insert}');

-- Money that came in or went back out. Its id comes with the form, so one press is one payment. rounding is what
-- cash was rounded by: amount is what the account is credited with, amount + rounding what the drawer holds.
CREATE TABLE payments (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  client_id   uuid NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('payment', 'deposit', 'refund')),
  method      text NOT NULL CHECK (method IN ('card', 'cash', 'transfer')),
  amount      bigint NOT NULL CHECK (amount > 0),
  rounding    bigint NOT NULL DEFAULT 0,
  refunds_id  uuid,
  day         date NOT NULL,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  at          timestamptz NOT NULL,
  by_id       uuid,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT payments_rounding CHECK (rounding = 0 OR method = 'cash'),
  CONSTRAINT payments_client UNIQUE (tenant_id, id, client_id),
  FOREIGN KEY (tenant_id, client_id) REFERENCES clients (tenant_id, id),
  FOREIGN KEY (tenant_id, refunds_id, client_id) REFERENCES payments (tenant_id, id, client_id)
);
CREATE INDEX payments_of_client ON payments (tenant_id, client_id, day);
CREATE INDEX payments_day ON payments (tenant_id, day);
CREATE INDEX payments_refunds ON payments (tenant_id, refunds_id);
SELECT sec.fence('payments', '{select,insert}');

-- What of a payment or a credit note settles which invoice of the same client. A negative one takes back.
CREATE TABLE allocations (
  tenant_id  uuid NOT NULL,
  id         uuid NOT NULL,
  client_id  uuid NOT NULL,
  invoice_id uuid NOT NULL,
  payment_id uuid,
  credit_id  uuid,
  amount     bigint NOT NULL CHECK (amount <> 0),
  at         timestamptz NOT NULL,
  by_id      uuid,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT allocations_of_one CHECK ((payment_id IS NULL) <> (credit_id IS NULL)),
  FOREIGN KEY (tenant_id, invoice_id, client_id) REFERENCES invoices (tenant_id, id, client_id),
  FOREIGN KEY (tenant_id, credit_id, client_id) REFERENCES invoices (tenant_id, id, client_id),
  FOREIGN KEY (tenant_id, payment_id, client_id) REFERENCES payments (tenant_id, id, client_id)
);
CREATE INDEX allocations_invoice ON allocations (tenant_id, invoice_id);
CREATE INDEX allocations_payment ON allocations (tenant_id, payment_id);
CREATE INDEX allocations_credit ON allocations (tenant_id, credit_id);
CREATE INDEX allocations_client ON allocations (tenant_id, client_id);
SELECT sec.fence('allocations', '{select,insert}');

-- The ledger: every document, payment and till difference in double entry. The entries of one source add up to 0;
-- debits are positive. client is what a client owes, less what stands to their credit.
CREATE TABLE ledger_entries (
  tenant_id uuid NOT NULL,
  id        uuid NOT NULL,
  source_id uuid NOT NULL,
  account   text NOT NULL CHECK (account IN ('client', 'sales', 'tax', 'card', 'cash', 'transfer', 'rounding', 'till-difference')),
  client_id uuid,
  amount    bigint NOT NULL CHECK (amount <> 0),
  day       date NOT NULL,
  at        timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT ledger_entries_client CHECK ((account = 'client') = (client_id IS NOT NULL)),
  FOREIGN KEY (tenant_id, client_id) REFERENCES clients (tenant_id, id)
);
CREATE INDEX ledger_entries_client_at ON ledger_entries (tenant_id, client_id, at);
CREATE INDEX ledger_entries_day ON ledger_entries (tenant_id, day, account);
CREATE INDEX ledger_entries_source ON ledger_entries (tenant_id, source_id);
SELECT sec.fence('ledger_entries', '{select,insert}');

-- A closed day: what each way of paying should have and had, of cash without the float, so that a day on which
-- more was paid back than in is below 0. A day that is closed takes no more money.
CREATE TABLE till_closings (
  tenant_id         uuid NOT NULL,
  id                uuid NOT NULL,
  day               date NOT NULL,
  cash_expected     bigint NOT NULL,
  cash_counted      bigint NOT NULL,
  card_expected     bigint NOT NULL,
  card_counted      bigint NOT NULL,
  transfer_expected bigint NOT NULL,
  transfer_counted  bigint NOT NULL,
  sealed            bytea NOT NULL,
  key_version       integer NOT NULL,
  closed_at         timestamptz NOT NULL,
  closed_by         uuid,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT till_closings_day UNIQUE (tenant_id, day)
);
SELECT sec.fence('till_closings', '{select,insert}');

-- A sum offered before the work, low and high, never changed: a later one of the same work has the next version
-- and names the one it replaces.
CREATE TABLE estimates (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  patient_id  uuid NOT NULL,
  client_id   uuid,
  visit_id    uuid,
  version     integer NOT NULL CHECK (version > 0),
  replaces_id uuid,
  low         bigint NOT NULL CHECK (low >= 0),
  high        bigint NOT NULL,
  currency    text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  made_at     timestamptz NOT NULL,
  made_by     uuid,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT estimates_range CHECK (high >= low),
  CONSTRAINT estimates_replaced_once UNIQUE (tenant_id, replaces_id),
  FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id),
  FOREIGN KEY (tenant_id, client_id) REFERENCES clients (tenant_id, id),
  FOREIGN KEY (tenant_id, visit_id, patient_id) REFERENCES appointments (tenant_id, id, patient_id),
  FOREIGN KEY (tenant_id, replaces_id) REFERENCES estimates (tenant_id, id)
);
CREATE INDEX estimates_visit ON estimates (tenant_id, visit_id);
CREATE INDEX estimates_patient ON estimates (tenant_id, patient_id);
SELECT sec.fence('estimates', '{select,insert}');
RESET ROLE;
-- +goose StatementEnd

-- A refund's note is written for the people who run a campaign ("why, in your words"), and who asked and who approved are
-- colleagues' ids: the row is the donor's to see over the Data API, these columns are not. The administration reads them
-- through its own functions. Privileges of a table cannot be taken away by column, so the table's is replaced.
revoke select on public.refunds from authenticated;
grant select (id, payment_id, refund_id, amount_minor, currency, status, reason, failure_reason, created_at, updated_at)
  on public.refunds to authenticated;

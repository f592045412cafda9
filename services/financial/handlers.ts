import { Decimal } from "decimal.js";
import { nftSold } from "../base/events/catalogue/nft.ts";
import { positionClosed, tradeExecuted } from "../base/events/catalogue/trading.ts";
import { userRegistered } from "../base/events/catalogue/user.ts";
import { type ConsumerGroup, on, onMany } from "../base/events/consumer-group.ts";
import type { EventData } from "../base/events/define.ts";
import type { EventEnvelope } from "../base/events/envelope.ts";
import type { Transaction } from "../base/postgres/database.ts";
import { addActivities, addRegistration, type CohortActivity } from "./analytics/store-cohorts.ts";
import { PLATFORM_CURRENCY, quoteCurrency } from "./currency.ts";
import { contributionOf } from "./kpis/contribution.ts";
import { addContributions } from "./kpis/store-kpis.ts";
import { type Income, type Posting, postingOfIncome } from "./ledger/posting.ts";
import { post, postAll } from "./ledger/store-ledger.ts";

const TRADES = [tradeExecuted, positionClosed] as const;

type TradeEvent = EventEnvelope<EventData<(typeof TRADES)[number]>>;

async function postIncome(tx: Transaction, income: Income): Promise<void> {
  const posting = postingOfIncome(income);
  if (posting !== undefined) await post(tx, posting);
}

/** Opening and closing each cost a fee. The event's id tells them apart, whatever ids they share. */
function feeOf({ id, occurredAt, data }: TradeEvent): Posting[] {
  const posting = postingOfIncome({
    kind: "trade-fee",
    reference: id,
    userId: data.userId,
    occurredAt,
    amount: new Decimal(data.fee),
    currency: quoteCurrency(data.symbol),
  });
  return posting === undefined ? [] : [posting];
}

/** Opening a position is a trade; closing it only costs. */
function tradingOf({ type, occurredAt, data }: TradeEvent): CohortActivity {
  const inPlatformCurrency = quoteCurrency(data.symbol) === PLATFORM_CURRENCY;
  return {
    userId: data.userId,
    trades: type === tradeExecuted.type ? 1 : 0,
    revenue: new Decimal(inPlatformCurrency ? data.fee : 0),
    occurredAt,
  };
}

/** The four groups by which business becomes ledger, cohorts and KPIs. */
export function financialGroups(): readonly ConsumerGroup[] {
  return [
    {
      name: "financial.trade-revenue",
      handlers: onMany(TRADES, (tx, events) => postAll(tx, events.flatMap(feeOf))),
    },
    {
      name: "financial.marketplace-revenue",
      handlers: [
        on(nftSold, (tx, { id, occurredAt, data }) =>
          postIncome(tx, {
            kind: "marketplace-commission",
            reference: id,
            userId: data.buyerId,
            occurredAt,
            amount: new Decimal(data.commission),
            currency: PLATFORM_CURRENCY,
          }),
        ),
      ],
    },
    {
      name: "financial.cohorts",
      handlers: [
        on(userRegistered, (tx, { occurredAt, data }) => addRegistration(tx, data.userId, occurredAt)),
        ...onMany(TRADES, (tx, events) => addActivities(tx, events.map(tradingOf))),
      ],
    },
    {
      name: "financial.kpis",
      handlers: onMany("*", (tx, events) =>
        addContributions(
          tx,
          events.flatMap((event) => {
            const contribution = contributionOf(event);
            return contribution === undefined ? [] : [{ ...contribution, occurredAt: event.occurredAt }];
          }),
        ),
      ),
    },
  ];
}

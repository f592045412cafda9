import { Decimal } from "decimal.js";
import { nftSold } from "../base/events/catalogue/nft.ts";
import { positionClosed, tradeExecuted } from "../base/events/catalogue/trading.ts";
import { userRegistered } from "../base/events/catalogue/user.ts";
import { type ConsumerGroup, on } from "../base/events/consumer-group.ts";
import type { EventData } from "../base/events/define.ts";
import type { EventEnvelope } from "../base/events/envelope.ts";
import type { Transaction } from "../base/postgres/database.ts";
import { addActivity, addRegistration } from "./analytics/store-cohorts.ts";
import { PLATFORM_CURRENCY, quoteCurrency } from "./currency.ts";
import { contributionOf } from "./kpis/contribution.ts";
import { addContribution } from "./kpis/store-kpis.ts";
import { type Income, postingOfIncome } from "./ledger/posting.ts";
import { post } from "./ledger/store-ledger.ts";

type TradeEvent = EventEnvelope<EventData<typeof tradeExecuted>>;

async function postIncome(tx: Transaction, income: Income): Promise<void> {
  const posting = postingOfIncome(income);
  if (posting !== undefined) await post(tx, posting);
}

/** Opening and closing each cost a fee. The event's id tells them apart, whatever ids they share. */
function postFee(tx: Transaction, { id, occurredAt, data }: TradeEvent): Promise<void> {
  return postIncome(tx, {
    kind: "trade-fee",
    reference: id,
    userId: data.userId,
    occurredAt,
    amount: new Decimal(data.fee),
    currency: quoteCurrency(data.symbol),
  });
}

function addTrading(tx: Transaction, { occurredAt, data }: TradeEvent, trades: 0 | 1): Promise<void> {
  const inPlatformCurrency = quoteCurrency(data.symbol) === PLATFORM_CURRENCY;
  return addActivity(tx, {
    userId: data.userId,
    trades,
    revenue: new Decimal(inPlatformCurrency ? data.fee : 0),
    occurredAt,
  });
}

/** The four groups by which business becomes ledger, cohorts and KPIs. */
export function financialGroups(): readonly ConsumerGroup[] {
  return [
    {
      name: "financial.trade-revenue",
      handlers: [on(tradeExecuted, postFee), on(positionClosed, postFee)],
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
        on(tradeExecuted, (tx, event) => addTrading(tx, event, 1)),
        on(positionClosed, (tx, event) => addTrading(tx, event, 0)),
      ],
    },
    {
      name: "financial.kpis",
      handlers: [
        on("*", async (tx, event) => {
          const contribution = contributionOf(event);
          if (contribution !== undefined) await addContribution(tx, contribution, event.occurredAt);
        }),
      ],
    },
  ];
}

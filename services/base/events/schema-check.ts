import type { TSchema } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import type { EventDefinition } from "./define.ts";
import { EnvelopeSchema, type EventEnvelope } from "./envelope.ts";

/** An event that is not what was agreed. No second try can help it. */
export class EventSchemaError extends Error {
  override readonly name = "EventSchemaError";
  readonly code = "event-schema";
}

const envelopeValidator = Compile(EnvelopeSchema);
const validators = new WeakMap<TSchema, Validator>();

function validatorOf(schema: TSchema): Validator {
  const known = validators.get(schema);
  if (known) return known;
  const made = Compile(schema) as unknown as Validator;
  validators.set(schema, made);
  return made;
}

interface FieldFault {
  readonly instancePath: string;
  readonly message: string;
}

function firstFaults(faults: readonly FieldFault[]): string {
  return faults
    .slice(0, 3)
    .map((fault) => `${fault.instancePath === "" ? "/" : fault.instancePath} ${fault.message}`)
    .join("; ");
}

/**
 * Checks `data` against its definition; fields that the definition does not know are allowed.
 *
 * @throws EventSchemaError that names the fields
 */
export function checkData(definition: EventDefinition, data: unknown): void {
  const validator = validatorOf(definition.data);
  if (!validator.Check(data)) {
    throw new EventSchemaError(`data of ${definition.type} v${definition.version}: ${firstFaults(validator.Errors(data))}`);
  }
}

/**
 * Reads an envelope from the text of a stream entry.
 *
 * @throws EventSchemaError when it is no JSON or no envelope
 */
export function parseEnvelope(text: string): EventEnvelope {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new EventSchemaError("the entry is no JSON", { cause });
  }
  if (!envelopeValidator.Check(value)) {
    throw new EventSchemaError(`the entry is no event envelope: ${firstFaults(envelopeValidator.Errors(value))}`);
  }
  return value as EventEnvelope;
}

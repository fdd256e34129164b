// What a program in TypeScript does with the types that openapi-typescript makes
// of the documents. It is compiled and never run; each "@ts-expect-error" stands
// above a line that must not compile.
import type { components as chatComponents, paths as chatPaths, webhooks as chatWebhooks } from "./chat";
import type { components, operations, paths } from "./openapi";
import type { webhooks } from "./webhooks";

// Paths, with what they take and give.
type ListRooms = paths["/api/v2/customer_rooms"]["post"];
type Filter = NonNullable<ListRooms["requestBody"]>["content"]["application/json"];
type Rooms = ListRooms["responses"]["200"]["content"]["application/json"];

export const unresolved: Filter = { status: "unresolved", channels: [{ source: "wa", channel_id: 7315 }], limit: 50 };
// @ts-expect-error: no such status
export const closed: Filter = { status: "closed" };

export function names(rooms: Rooms): string[] {
  return rooms.data.customer_rooms.map((room) => room.name ?? room.user_id);
}

// An operation by its id, its parameters and its failures.
type GetRoom = operations["getRoom"];
export const where: GetRoom["parameters"]["path"] = { room_id: "98120734" };
// @ts-expect-error: the room has to be named
export const nowhere: GetRoom["parameters"]["path"] = {};

// An id is text or a number, and has to be told apart.
type ID = components["schemas"]["ID"];
export function key(id: ID): string {
  return typeof id === "number" ? id.toFixed(0) : id;
}
// @ts-expect-error: it may be a number
export const length = (id: ID): number => id.length;

// A webhook's body.
type BotMessage = NonNullable<webhooks["botMessage"]["post"]["requestBody"]>["content"]["application/json"];
export function said(event: BotMessage): string {
  const { message, from } = event.payload;
  return `${from.email}: ${message.text ?? "nothing"}`;
}
// @ts-expect-error: an event without its message
export const empty: BotMessage = { type: "post_comment_mobile" };

// What may be null has to be looked at first.
type Candidate = NonNullable<
  webhooks["customAgentAllocation"]["post"]["requestBody"]
>["content"]["application/json"]["candidate_agent"];
export function proposed(agent: Candidate): ID | undefined {
  return agent?.id;
}
// @ts-expect-error: there may be none
export const careless = (agent: Candidate): ID => agent.id;

// A message of the chat server, the event that tells of it, and the answer.
type PostComment = chatPaths["/api/v2.1/rest/post_comment"]["post"];
type PostedEvent = NonNullable<chatWebhooks["postComment"]["post"]["requestBody"]>["content"]["application/json"];
export function answer(event: PostedEvent): PostComment["requestBody"]["content"]["application/json"] {
  return { user_id: "bot@toko.example.id", room_id: event.payload.room.id, message: `Halo, ${event.payload.from.name}` };
}
export function posted(results: PostComment["responses"]["200"]["content"]["application/json"]["results"]): string {
  return `${results.comment.user.user_id}: ${results.comment.message}`;
}
export const yes: chatComponents["schemas"]["Button"] = { label: "Ya", type: "postback", payload: { url: "https://hooks.example.id/ya" } };
// @ts-expect-error: a button of no known type
export const call: chatComponents["schemas"]["Button"] = { label: "Telepon", type: "call", payload: { url: "tel:+628115550144" } };

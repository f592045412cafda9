import { Problem } from "../base/problem.ts";

export function groupNotFound(id: string): Problem {
  return new Problem({
    status: 404,
    code: "group-not-found",
    title: "No such group",
    detail: `There is no group ${id} that you may know of.`,
    errors: [{ path: "/params/id", message: "takes the id of a public group, or of one that you are a member of" }],
  });
}

export function groupExists(): Problem {
  return new Problem({
    status: 409,
    code: "group-exists",
    title: "There is such a group already",
    errors: [{ path: "/body/name", message: "is taken; choose another one" }],
  });
}

export function membersOnly(): Problem {
  return new Problem({
    status: 403,
    code: "members-only",
    title: "This is for members of the group",
    detail: "Join the group first: PUT /groups/<id>/members/<your user id>.",
    errors: [{ path: "/params/id", message: "takes the id of a group that you are a member of" }],
  });
}

export function notYours(path: string): Problem {
  return new Problem({
    status: 403,
    code: "not-yours",
    title: "This is not yours to change",
    errors: [{ path, message: "belongs to another user" }],
  });
}

export function ownerStays(): Problem {
  return new Problem({
    status: 422,
    code: "owner-stays",
    title: "The owner cannot leave the group",
    errors: [{ path: "/params/userId", message: "is the owner's" }],
  });
}

import type * as wire from './generated/types.gen.js';

/** Every problem document of the API: the types of the wire whose name ends in `Problem`. */
export type Problem =
  | wire.AccountDisabledProblem
  | wire.AddressNotConfirmedProblem
  | wire.AdminRequiredProblem
  | wire.BodyTooLargeProblem
  | wire.EventConflictProblem
  | wire.EventDeletedProblem
  | wire.EventPurgedProblem
  | wire.ForbiddenProblem
  | wire.ImportInterruptedProblem
  | wire.InternalErrorProblem
  | wire.InvitationRequiredProblem
  | wire.LastAdminProblem
  | wire.LaterChangesProblem
  | wire.NameTakenProblem
  | wire.NotAcceptableProblem
  | wire.NotFoundProblem
  | wire.OwnerRequiredProblem
  | wire.PreconditionFailedProblem
  | wire.RateLimitedProblem
  | wire.RedactionRefusedProblem
  | wire.RefreshTokenInvalidProblem
  | wire.RegistrationClosedProblem
  | wire.RequestRunningProblem
  | wire.ResyncProblem
  | wire.StaleVersionProblem
  | wire.TooManyPeopleProblem
  | wire.UnauthenticatedProblem
  | wire.UnavailableProblem
  | wire.UnreadableBodyProblem
  | wire.UnreadableCalendarProblem
  | wire.UnsupportedFormatProblem
  | wire.ValidationFailedProblem
  | wire.WrongCredentialsProblem
  | OtherProblem;

/** Problems that no operation lists, because any request may meet them; and responses that are no problem document. */
export interface OtherProblem {
  type: string;
  title: string;
  status: number;
  /** `unexpected_response`: what responded is not Convene, such as a proxy with a page of its own. */
  code:
    | 'bad_request'
    | 'headers_too_large'
    | 'method_not_allowed'
    | 'origin_not_allowed'
    | 'request_timeout'
    | 'unexpected_response'
    | 'upgrade_required';
  detail?: string;
  request_id: string;
}

/** The names of the problems, by which `ConveneError` narrows. */
export type ProblemCode = Problem['code'];

#pragma once

#include "Refusal.h"
#include "RequestMessage.h"

namespace Ichor::Detail {

/// Takes the request target apart: origin form, absolute form, and the asterisk of OPTIONS. Sets target, path, query and, from an absolute
/// form, host. The path is percent-decoded, but for "%2F", which would otherwise look like the end of a segment, and free of dot segments.
///
/// Source: RFC 9112 section 3.2, RFC 3986 section 5.2.4
[[nodiscard]] Refusal readTarget(char const *base, TextRange target, bool isPlain, RequestHead &head);

/// Is this what may stand in a Host field: a host, optionally with a port, no user? An empty one may, an address in brackets must be one.
///
/// Source: RFC 9110 section 7.2, RFC 3986 section 3.2.2
[[nodiscard]] bool isHost(std::string_view text) noexcept;

} // namespace Ichor::Detail

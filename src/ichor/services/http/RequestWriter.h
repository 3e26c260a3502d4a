#pragma once

#include "OutputBuffer.h"

#include <ichor/services/http/HttpHeaders.h>
#include <ichor/services/http/HttpMethod.h>

#include <cstdint>
#include <string_view>

namespace Ichor::Detail {

/// How a request says where its body ends.
enum class RequestFraming : std::uint8_t { LENGTH, CHUNKED };

/// Appends a request, with its body where that has a length. Host, Content-Length and Transfer-Encoding are set here; a Host among the
/// headers goes before `host`.
///
/// Errors:    throws std::invalid_argument for a target that would end the request line
void writeRequest(OutputBuffer &out, HttpMethod method, std::string_view target, std::string_view host, HttpHeaders const &headers,
                  std::string_view body, RequestFraming framing = RequestFraming::LENGTH);

} // namespace Ichor::Detail

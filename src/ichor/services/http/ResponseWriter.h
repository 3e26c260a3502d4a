#pragma once

#include "DateField.h"
#include "OutputBuffer.h"

#include <ichor/services/http/HttpResponse.h>

#include <cstdint>
#include <string_view>

namespace Ichor::Detail {

/// What the way of answering depends on in the request.
struct AnswerTraits {
    bool isHead{false};       // a response to HEAD has no body
    bool isOldVersion{false}; // HTTP/1.0 knows no chunks
};

enum class AfterAnswer : std::uint8_t { KEEP_OPEN, CLOSE };

/// Appends a whole response.
void writeResponse(OutputBuffer &out, HttpResponse const &response, AnswerTraits traits, AfterAnswer after, DateField const &date);

enum class StreamFraming : std::uint8_t { CHUNKED, UNTIL_CLOSE };

/// Appends the head of a response whose body comes in parts. The body of one with UNTIL_CLOSE ends with the connection.
void writeStreamHead(OutputBuffer &out, HttpResponse const &response, StreamFraming framing, AfterAnswer after, DateField const &date);

/// Appends one part of such a body; an empty part is none.
void writeStreamPart(OutputBuffer &out, std::string_view bytes, StreamFraming framing);
void writeStreamEnd(OutputBuffer &out, StreamFraming framing);

} // namespace Ichor::Detail

#include "FuzzTargets.h"

#include <ichor/services/http/ResponseParser.h>

namespace Ichor::Testing {

namespace {

using Detail::ResponseLimits;
using Detail::ResponseParser;

struct Settings {
    HttpMethod method{HttpMethod::get};
    ResponseLimits limits;
    bool takesParts{false};
};

// Beast counts a header against its limit in pieces: what is cut decides about messages that are about as long as allowed.
constexpr std::string_view TOO_LARGE = "too large";

/// What came of it: the response, or nothing where it was refused.
std::string outcomeOf(Pieces pieces, bool isWhole, std::string_view message, Settings const &settings) {
    std::string parts;
    UniqueFunction<void(std::string_view)> onPart = [&parts](std::string_view part) { parts += part; };
    ResponseParser parser(settings.limits);
    parser.begin(settings.method, settings.takesParts ? &onPart : nullptr);
    auto result = ResponseParser::Result::NEED_MORE;
    if (isWhole) {
        std::string const copy(message);
        if (!copy.empty()) result = parser.parse(copy);
    } else {
        while (!pieces.isEmpty() && result == ResponseParser::Result::NEED_MORE) {
            std::string const piece(pieces.next());
            result = parser.parse(piece);
        }
    }
    if (result == ResponseParser::Result::NEED_MORE) result = parser.finish();
    require(result != ResponseParser::Result::NEED_MORE, "the end of the connection is not the end of the response");
    if (result == ResponseParser::Result::FAILED) {
        require(!parser.error().message().empty(), "a failure without a reason");
        return parser.error() == HttpError::TOO_LARGE ? std::string(TOO_LARGE) : "refused";
    }
    HttpResponse response = parser.takeResponse();
    std::string text = std::to_string(static_cast<int>(response.status())) + "\n";
    for (HttpHeader const &header : response.headers()) {
        require(header.value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos, "a field's value has a control character");
        text += header.name + "=" + header.value + "\n";
    }
    std::string const body = settings.takesParts ? parts : std::string(response.body());
    require(body.size() <= settings.limits.bodyBytes, "a body exceeds its limit");
    return text + body;
}

} // namespace

void fuzzResponses(std::string_view input) {
    if (input.size() < 2) return;
    auto const choices = static_cast<std::uint8_t>(input[0]);
    auto const seed = static_cast<std::uint8_t>(input[1]);
    std::string_view const message = input.substr(2);
    Settings settings;
    if ((choices & 1) != 0) settings.limits = {256, 32};
    if ((choices & 2) != 0) settings.method = HttpMethod::head;
    settings.takesParts = (choices & 4) != 0;
    std::string const expected = outcomeOf(Pieces(message, seed), true, message, settings);
    std::string const outcome = outcomeOf(Pieces(message, seed), false, message, settings);
    if (outcome == TOO_LARGE || expected == TOO_LARGE) return;
    require(outcome == expected, "where a response is cut makes a difference:\n" + outcome + "\ninstead of\n" + expected);
}

} // namespace Ichor::Testing

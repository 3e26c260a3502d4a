#include "FuzzTargets.h"

#include <ichor/services/http/HttpRequest.h>
#include <ichor/services/http/RouteMatch.h>
#include <ichor/services/http/ServerProtocol.h>

#include <list>
#include <vector>

namespace Ichor::Testing {

namespace {

using Detail::Refusal;
using Detail::ServerProtocol;

/// How a request is answered.
enum class Answering : std::uint8_t { AT_ONCE, LATER, IN_PARTS };

class DeferredAnswer final : public Detail::PendingAnswer {
public:
    void onWritten() noexcept override { isGone = true; }
    void onStreamBegun() noexcept override {}
    void onConnectionGone() noexcept override { isGone = true; }

    bool isGone{false};
};

HttpLimits smallestLimits() {
    HttpLimits limits;
    limits.headerBytes = 256;
    limits.headerCount = 5;
    limits.uriBytes = 40;
    limits.bodyBytes = 32;
    limits.trailerBytes = 24;
    limits.chunkExtensionBytes = 12;
    return limits;
}

void checkPath(std::string_view path) {
    if (path == "*") return;
    require(path.starts_with('/'), "a path does not begin at the root");
    require(path.find('\0') == std::string_view::npos, "a path has a NUL");
    for (std::size_t at = 0; at < path.size();) {
        std::size_t const end = std::min(path.find('/', at + 1), path.size());
        std::string_view const segment = path.substr(at + 1, end - at - 1);
        require(segment != "." && segment != "..", "a path has a dot segment");
        at = end;
    }
}

/// One connection without sockets.
class Connection {
public:
    Connection(HttpLimits const &limits, Answering answering) : _workspace(limits), _answering(answering) {
        _workspace.date.renew(784111777);
    }
    ~Connection() { _protocol.abandon(); }

    void feed(std::string_view piece) {
        std::vector<char> bytes(piece.begin(), piece.end());
        std::span<char> input(bytes);
        for (;;) {
            switch (_protocol.next(input, _workspace)) {
            case ServerProtocol::Event::NEED_MORE: return require(input.empty(), "bytes were left");
            case ServerProtocol::Event::HEAD: onHead(); break;
            case ServerProtocol::Event::REQUEST:
                see(_protocol.message());
                answer(HttpResponse::text("ok"));
                break;
            case ServerProtocol::Event::PART: onPart(); break;
            case ServerProtocol::Event::REFUSED: onRefused(); break;
            }
        }
    }

    /// Gives the answers that are due, the last first.
    void end() {
        for (auto answer = _deferred.rbegin(); answer != _deferred.rend(); ++answer) {
            if (!answer->isGone && &*answer != _reading) _protocol.complete(*answer, HttpResponse::text("ok"));
        }
        _protocol.writeReady(_workspace);
    }

    /// What came of it: the requests, and what the peer receives.
    [[nodiscard]] std::string outcome() const {
        std::string text = _seen + std::string(_workspace.output.view());
        // Whether the client is told to go on depends on what has come already.
        constexpr std::string_view WELCOME = "HTTP/1.1 100 Continue\r\n\r\n";
        for (std::size_t at = text.find(WELCOME); at != std::string::npos; at = text.find(WELCOME, at)) text.erase(at, WELCOME.size());
        return text;
    }

private:
    void onHead() {
        if (_answering != Answering::IN_PARTS) return _protocol.welcomeBody(_workspace);
        head(_protocol.message());
        _protocol.readInParts();
        _reading = &_deferred.emplace_back();
        _protocol.defer(*_reading);
        _protocol.welcomeBody(_workspace);
    }

    void onPart() {
        _body += _protocol.part();
        if (!_protocol.isPartLast()) return;
        _seen += _head + _body + "\n";
        _body.clear();
        _protocol.complete(*std::exchange(_reading, nullptr), HttpResponse::text("ok"));
        _protocol.writeReady(_workspace);
    }

    void onRefused() {
        if (_reading == nullptr) return;
        auto const why = _protocol.refusal();
        _protocol.complete(*std::exchange(_reading, nullptr), HttpResponse::error(statusOf(why), HttpBody::ofConstant(describe(why))));
        _protocol.writeReady(_workspace);
    }

    void answer(HttpResponse response) {
        if (_answering != Answering::LATER) return _protocol.answer(std::move(response), _workspace);
        _protocol.defer(_deferred.emplace_back());
    }

    void see(Detail::RequestMessage &message) {
        head(message);
        _seen += _head + std::string(message.body()) + "\n";
        require(message.body().size() <= _workspace.limits.bodyBytes, "a body exceeds its limit");
    }

    void head(Detail::RequestMessage &message) {
        HttpRequest const request(message, nullptr);
        checkPath(request.path());
        _head = std::string(toString(request.method())) + " ";
        _head.append(request.path()).append(" ").append(request.queryString()).append(" ").append(request.host()).append("\n");
        for (std::size_t i = 0; i < request.headerCount(); ++i) {
            auto const [name, value] = request.headerAt(i);
            require(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos,
                    "a field's value has a control character");
            _head.append(name).append("=").append(value).append("\n");
        }
        (void)request.query("a");
        require(request.headerCount() <= _workspace.limits.headerCount, "there are too many fields");
    }

    Detail::ServerWorkspace _workspace;
    std::list<DeferredAnswer> _deferred;
    ServerProtocol _protocol;
    DeferredAnswer *_reading{nullptr}; // whose body comes in parts
    Answering _answering;
    std::string _head;
    std::string _body;
    std::string _seen;
};

std::string outcomeOf(Pieces pieces, HttpLimits const &limits, Answering answering) {
    Connection connection(limits, answering);
    while (!pieces.isEmpty()) connection.feed(pieces.next());
    connection.end();
    return connection.outcome();
}

} // namespace

void fuzzRequests(std::string_view input) {
    if (input.size() < 2) return;
    auto const choices = static_cast<std::uint8_t>(input[0]);
    auto const seed = static_cast<std::uint8_t>(input[1]);
    std::string_view const message = input.substr(2);
    HttpLimits const limits = (choices & 1) != 0 ? smallestLimits() : HttpLimits{};
    std::string expected;
    {
        Connection whole(limits, Answering::AT_ONCE);
        whole.feed(message);
        whole.end();
        expected = whole.outcome();
    }
    for (Answering const answering : {Answering::AT_ONCE, Answering::LATER, Answering::IN_PARTS}) {
        std::string const outcome = outcomeOf(Pieces(message, seed), limits, answering);
        require(outcome == expected,
                "where a request is cut, or how it is answered, makes a difference:\n" + outcome + "\ninstead of\n" + expected);
    }
}

} // namespace Ichor::Testing

#pragma once

#include <ichor/services/http/HttpRequest.h>

#include <ichor/services/http/RouteMatch.h>
#include <ichor/services/http/ServerProtocol.h>

#include <string>
#include <string_view>
#include <vector>

namespace Ichor::Testing {

/// A request as it came out of the protocol, copied.
struct SeenRequest {
    HttpMethod method;
    std::string path;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
};

/// One connection of a server without sockets: bytes in, requests seen and answered with 200 at once, bytes out.
class ProtocolFixture {
public:
    explicit ProtocolFixture(HttpLimits limits = {}) : workspace(limits) { workspace.date.renew(784111777); }

    /// Feeds bytes that arrive in one read.
    void feed(std::string_view text) {
        std::vector<char> buffer(text.begin(), text.end()); // of exactly that size, so that a sanitizer sees every step beyond
        std::span<char> input(buffer);
        for (;;) {
            auto const event = protocol.next(input, workspace);
            if (event == Detail::ServerProtocol::Event::REQUEST) {
                see(protocol.message());
                if (answersAtOnce) protocol.answer(HttpResponse::text("ok"), workspace);
            } else if (event == Detail::ServerProtocol::Event::HEAD) {
                ++heads;
                protocol.welcomeBody(workspace);
            } else {
                if (event == Detail::ServerProtocol::Event::REFUSED) refusal = protocol.refusal();
                return;
            }
        }
    }

    void feedByteByByte(std::string_view text) {
        for (char c : text) feed({&c, 1});
    }

    /// What has been written since the last call.
    std::string takeOutput() {
        std::string text(workspace.output.view());
        workspace.output.clear();
        return text;
    }

    /// The status of the last response in the output; 0 when there is none.
    [[nodiscard]] int lastStatus() const {
        std::string_view const text = workspace.output.view();
        int status = 0;
        // Other text may name the version as well, but no number follows there.
        for (std::size_t at = text.find("HTTP/1.1 "); at != std::string_view::npos; at = text.find("HTTP/1.1 ", at + 1)) {
            std::string_view const number = text.substr(at + 9, 3);
            if (number.size() == 3 && number[0] >= '1' && number[0] <= '5') status = std::stoi(std::string(number));
        }
        return status;
    }

    Detail::ServerWorkspace workspace;
    Detail::ServerProtocol protocol;
    std::vector<SeenRequest> requests;
    Detail::Refusal refusal{Detail::Refusal::NONE};
    bool answersAtOnce{true};
    int heads{0};

private:
    void see(Detail::RequestMessage &message) {
        HttpRequest const request(message, nullptr);
        SeenRequest seen{request.method(), std::string(request.path()), std::string(request.body()), {}};
        for (std::size_t i = 0; i < request.headerCount(); ++i) seen.headers.emplace_back(request.headerAt(i));
        requests.push_back(std::move(seen));
    }
};

} // namespace Ichor::Testing

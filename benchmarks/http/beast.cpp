// Boost.Beast on Asio alone, in its plainest fast form: one thread, handlers instead of coroutines, message and buffer of a connection used
// again, no timers. Parses the JSON of POST /ping and answers, as pong does.

#include "Arguments.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>; // not any_io_executor, which costs a virtual call each time
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using ErrorCode = boost::system::error_code;

constexpr char const *USAGE = R"(Answers POST /ping with {"sequence": N}, by Boost.Beast alone.
  -a, --address ADDRESS   to listen on: 127.0.0.1
  -p, --port PORT         to listen on: 8001
)";

// RapidJSON's events: its document.h does not compile with a current clang.
struct Ping : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Ping> {
    bool StartObject() { return depth++ == 0; }
    bool EndObject(rapidjson::SizeType) { return true; }
    bool Key(char const *name, rapidjson::SizeType length, bool) {
        wanted = std::string_view{name, length} == "sequence";
        return true;
    }
    bool Uint(unsigned value) { return Uint64(value); }
    bool Uint64(std::uint64_t value) {
        if (wanted) sequence = value;
        return depth == 1;
    }
    bool Default() { return depth == 1 && !wanted; }

    int depth{};
    bool wanted{};
    std::optional<std::uint64_t> sequence{};
};

std::optional<std::string> pong(std::string &body) {
    rapidjson::InsituStringStream stream(body.data());
    rapidjson::Reader reader;
    Ping ping;
    if (!reader.Parse<rapidjson::kParseInsituFlag>(stream, ping) || !ping.sequence) return std::nullopt;
    rapidjson::StringBuffer text;
    rapidjson::Writer writer(text);
    writer.StartObject();
    writer.Key("sequence");
    writer.Uint64(*ping.sequence);
    writer.EndObject();
    return std::string(text.GetString(), text.GetSize());
}

class Session final : public std::enable_shared_from_this<Session> {
public:
    explicit Session(Socket socket) : _socket(std::move(socket)) {}

    void read() {
        _request = {};
        http::async_read(_socket, _buffer, _request, [self = shared_from_this()](ErrorCode error, std::size_t) {
            if (!error) self->answer();
        });
    }

private:
    void answer() {
        _response = {};
        _response.version(_request.version());
        _response.keep_alive(_request.keep_alive());
        if (_request.target() != "/ping") {
            _response.result(http::status::not_found);
        } else if (_request.method() != http::verb::post) {
            _response.result(http::status::method_not_allowed);
        } else if (auto body = pong(_request.body())) {
            _response.result(http::status::ok);
            _response.set(http::field::content_type, "application/json");
            _response.body() = *std::move(body);
        } else {
            _response.result(http::status::bad_request);
        }
        _response.prepare_payload();
        http::async_write(_socket, _response, [self = shared_from_this()](ErrorCode error, std::size_t) {
            if (error) return;
            if (self->_response.need_eof()) {
                ErrorCode ignored;
                self->_socket.shutdown(Socket::shutdown_send, ignored);
                return;
            }
            self->read();
        });
    }

    Socket _socket;
    beast::flat_buffer _buffer;
    http::request<http::string_body> _request;
    http::response<http::string_body> _response;
};

void acceptNext(Acceptor &acceptor) {
    acceptor.async_accept([&acceptor](ErrorCode error, Socket socket) {
        if (!error) {
            socket.set_option(asio::ip::tcp::no_delay(true));
            std::make_shared<Session>(std::move(socket))->read();
        }
        acceptNext(acceptor);
    });
}

} // namespace

int main(int argc, char **argv) {
    char const *address = "127.0.0.1";
    std::uint16_t port = 8001;
    for (Benchmarks::Arguments arguments(argc, argv, USAGE); arguments.next();) {
        if (arguments.is("-a") || arguments.is("--address")) {
            address = arguments.text();
        } else if (arguments.is("-p") || arguments.is("--port")) {
            port = arguments.number<std::uint16_t>();
        } else {
            arguments.refuse();
        }
    }
    try {
        asio::io_context context(1);
        Acceptor acceptor(context, {asio::ip::make_address(address), port});
        acceptNext(acceptor);
        context.run();
    } catch (std::exception const &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}

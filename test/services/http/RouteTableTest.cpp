#include <ichor/services/http/RouteTable.h>

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace Ichor;
using namespace Ichor::Detail;

namespace {

class Routes {
public:
    Route &add(HttpMethod method, std::string pattern) {
        RouteRef route(new Route(method, std::move(pattern)));
        Route &added = *route.get();
        table.add(std::move(route));
        return added;
    }

    std::string find(std::string_view path, HttpMethod method = HttpMethod::get) const {
        RouteMatch const match = table.find(method, path);
        switch (match.kind) {
        case RouteMatch::Kind::NOT_FOUND: return "404";
        case RouteMatch::Kind::METHOD_NOT_ALLOWED: return "405 " + allowText(match.allowed);
        case RouteMatch::Kind::FOUND: break;
        }
        std::string text(match.route->pattern());
        for (auto const &name : match.route->parameterNames()) text += " " + name + "=" + std::string(match.value(path, name));
        return text;
    }

    RouteTable table;
};

} // namespace

TEST_CASE("Routes: exact paths, parameters and wildcards are told apart, the more exact first", "[http]") {
    Routes routes;
    routes.add(HttpMethod::get, "/");
    routes.add(HttpMethod::get, "/users");
    routes.add(HttpMethod::get, "/users/");
    routes.add(HttpMethod::get, "/users/{id}");
    routes.add(HttpMethod::get, "/users/me");
    routes.add(HttpMethod::get, "/users/{user}/orders/{order}");
    routes.add(HttpMethod::get, "/static/*");
    routes.add(HttpMethod::get, "/files/{path*}");
    CHECK(routes.find("/") == "/");
    CHECK(routes.find("/users") == "/users");
    CHECK(routes.find("/users/") == "/users/");
    CHECK(routes.find("/users/7") == "/users/{id} id=7");
    CHECK(routes.find("/users/me") == "/users/me");
    CHECK(routes.find("/users/me/orders/9") == "/users/{user}/orders/{order} user=me order=9");
    CHECK(routes.find("/users/7/orders") == "404");
    CHECK(routes.find("/static/a/b.css") == "/static/* *=a/b.css");
    CHECK(routes.find("/static/") == "/static/* *=");
    CHECK(routes.find("/static") == "404");
    CHECK(routes.find("/files/x") == "/files/{path*} path=x");
    CHECK(routes.find("/nothing") == "404");
    CHECK(routes.find("//") == "404");
    CHECK(routes.find("") == "404");
}

TEST_CASE("Routes: a wildcard takes what more exact ones do not", "[http]") {
    Routes routes;
    routes.add(HttpMethod::get, "/*");
    routes.add(HttpMethod::get, "/a/{x}/c");
    routes.add(HttpMethod::get, "/a/b/d");
    CHECK(routes.find("/a/b/c") == "/a/{x}/c x=b");
    CHECK(routes.find("/a/b/d") == "/a/b/d");
    CHECK(routes.find("/a/b/e") == "/* *=a/b/e");
    CHECK(routes.find("/") == "/* *=");
}

TEST_CASE("Routes: a path without that method is 405 with what is allowed, an unknown path 404", "[http]") {
    Routes routes;
    routes.add(HttpMethod::get, "/a");
    routes.add(HttpMethod::post, "/a");
    routes.add(HttpMethod::put, "/b");
    CHECK(routes.find("/a", HttpMethod::delete_) == "405 GET, HEAD, POST, OPTIONS");
    CHECK(routes.find("/b", HttpMethod::get) == "405 PUT, OPTIONS");
    CHECK(routes.find("/b", HttpMethod::head) == "405 PUT, OPTIONS");
    CHECK(routes.find("/c", HttpMethod::get) == "404");
}

TEST_CASE("Routes: HEAD falls to GET unless it has a route of its own", "[http]") {
    Routes routes;
    Route const &get = routes.add(HttpMethod::get, "/a");
    CHECK(routes.table.find(HttpMethod::head, "/a").route == &get);
    Route const &head = routes.add(HttpMethod::head, "/a");
    CHECK(routes.table.find(HttpMethod::head, "/a").route == &head);
}

TEST_CASE("Routes: the method decides between an exact path and a parameter", "[http]") {
    Routes routes;
    routes.add(HttpMethod::get, "/users/me");
    routes.add(HttpMethod::delete_, "/users/{id}");
    CHECK(routes.find("/users/me", HttpMethod::delete_) == "/users/{id} id=me");
    CHECK(routes.find("/users/me", HttpMethod::put) == "405 GET, HEAD, DELETE, OPTIONS");
}

TEST_CASE("Routes: one that is removed is no longer found, and can be added again", "[http]") {
    Routes routes;
    Route &id = routes.add(HttpMethod::get, "/users/{id}");
    routes.add(HttpMethod::get, "/users/{id}/orders");
    RouteRef const kept(&id);
    routes.table.remove(id);
    CHECK(id.table() == nullptr);
    CHECK(routes.find("/users/7") == "404");
    CHECK(routes.find("/users/7/orders") == "/users/{id}/orders id=7");
    routes.table.remove(id);
    routes.add(HttpMethod::get, "/users/{name}");
    CHECK(routes.find("/users/7") == "/users/{name} name=7");
    CHECK(routes.table.size() == 2);
}

TEST_CASE("Routes: thousands beside each other are added, found and removed", "[http]") {
    Routes routes;
    std::vector<Route *> all;
    for (int i = 0; i < 2000; ++i) all.push_back(&routes.add(HttpMethod::get, "/n" + std::to_string(i) + "/x"));
    for (int i = 0; i < 2000; ++i) CHECK(routes.find("/n" + std::to_string(i) + "/x") == "/n" + std::to_string(i) + "/x");
    for (int i = 0; i < 2000; i += 2) routes.table.remove(*all[static_cast<std::size_t>(i)]);
    CHECK(routes.find("/n2/x") == "404");
    CHECK(routes.find("/n3/x") == "/n3/x");
    CHECK(routes.table.size() == 1000);
}

TEST_CASE("Routes: one that outlives its table knows that it is in none", "[http]") {
    RouteRef kept;
    {
        Routes routes;
        kept = RouteRef(&routes.add(HttpMethod::get, "/a"));
        CHECK(kept->table() == &routes.table);
    }
    CHECK(kept->table() == nullptr);
}

TEST_CASE("Routes: a pattern that is wrong is refused with the reason", "[http]") {
    Routes routes;
    routes.add(HttpMethod::get, "/users/{id}");
    auto const whyNot = [&routes](std::string pattern) -> std::string {
        try {
            routes.add(HttpMethod::get, std::move(pattern));
        } catch (std::invalid_argument const &error) {
            return error.what();
        }
        return "";
    };
    CHECK(whyNot("/users/{name}") == "GET \"/users/{name}\" is served already, by the route \"/users/{id}\"");
    CHECK(whyNot("users") == "the route pattern \"users\" does not begin with '/'");
    CHECK(whyNot("") == "the route pattern \"\" does not begin with '/'");
    CHECK(whyNot("/a{b}") == "the route pattern \"/a{b}\" has '{', '}' or '*' inside of a segment: a parameter is a whole one");
    CHECK(whyNot("/{}") == "the route pattern \"/{}\" has a parameter without a name");
    CHECK(whyNot("/{a}/{a}") == "the route pattern \"/{a}/{a}\" has two parameters of one name");
    CHECK(whyNot("/*/a") == "the route pattern \"/*/a\" goes on behind its wildcard, which takes the rest of the path");
    CHECK(whyNot("/1/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}") ==
          "the route pattern \"/1/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}\" has more than eight parameters");
    CHECK(routes.table.size() == 1);
}

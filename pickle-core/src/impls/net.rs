//! IP and socket addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use super::mirror::mirror;
use crate::Pickle;

#[derive(Pickle)]
#[pickle(name = "Ipv4Addr")]
struct Ipv4Mirror([u8; 4]);
mirror!([] Ipv4Addr, Ipv4Mirror, |ip| Ipv4Mirror(ip.octets()), |Ipv4Mirror(octets), bad| Ipv4Addr::from(octets));

#[derive(Pickle)]
#[pickle(name = "Ipv6Addr")]
struct Ipv6Mirror([u8; 16]);
mirror!([] Ipv6Addr, Ipv6Mirror, |ip| Ipv6Mirror(ip.octets()), |Ipv6Mirror(octets), bad| Ipv6Addr::from(octets));

#[derive(Pickle)]
#[pickle(name = "IpAddr")]
enum IpMirror {
    V4(Ipv4Addr),
    V6(Ipv6Addr),
}
mirror!([] IpAddr, IpMirror,
|ip| match ip {
    IpAddr::V4(ip) => IpMirror::V4(*ip),
    IpAddr::V6(ip) => IpMirror::V6(*ip),
},
|mirror, bad| match mirror {
    IpMirror::V4(ip) => IpAddr::V4(ip),
    IpMirror::V6(ip) => IpAddr::V6(ip),
});

#[derive(Pickle)]
#[pickle(name = "SocketAddrV4")]
struct SocketV4Mirror {
    ip: Ipv4Addr,
    port: u16,
}
mirror!([] SocketAddrV4, SocketV4Mirror,
    |socket| SocketV4Mirror { ip: *socket.ip(), port: socket.port() },
    |SocketV4Mirror { ip, port }, bad| SocketAddrV4::new(ip, port));

#[derive(Pickle)]
#[pickle(name = "SocketAddrV6")]
struct SocketV6Mirror {
    ip: Ipv6Addr,
    port: u16,
    flowinfo: u32,
    scope_id: u32,
}
mirror!([] SocketAddrV6, SocketV6Mirror,
    |socket| SocketV6Mirror {
        ip: *socket.ip(),
        port: socket.port(),
        flowinfo: socket.flowinfo(),
        scope_id: socket.scope_id(),
    },
    |SocketV6Mirror { ip, port, flowinfo, scope_id }, bad| SocketAddrV6::new(ip, port, flowinfo, scope_id));

#[derive(Pickle)]
#[pickle(name = "SocketAddr")]
enum SocketMirror {
    V4(SocketAddrV4),
    V6(SocketAddrV6),
}
mirror!([] SocketAddr, SocketMirror,
|socket| match socket {
    SocketAddr::V4(socket) => SocketMirror::V4(*socket),
    SocketAddr::V6(socket) => SocketMirror::V6(*socket),
},
|mirror, bad| match mirror {
    SocketMirror::V4(socket) => SocketAddr::V4(socket),
    SocketMirror::V6(socket) => SocketAddr::V6(socket),
});

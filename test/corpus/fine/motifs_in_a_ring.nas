nas 1

space ring {
  input x: image[8, 8, 1]
  output x |> ping(3) |> classifier(10)
}

motif ping(x; n) = x |> conv(4, 3) |> pong(n)
motif pong(x; n) = x |> relu |> if n == 0 then identity else ping(n - 1)

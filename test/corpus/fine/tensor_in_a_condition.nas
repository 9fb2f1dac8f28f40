nas 1

space kinds {
  input x: image[8, 8, 1]
  let y = x |> conv(8, 3)
  output if height(x) > 4 then y |> relu |> classifier(10) else y |> classifier(10)
}
